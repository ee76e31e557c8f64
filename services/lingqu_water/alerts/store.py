"""Alerts as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from functools import cache
from typing import Any, cast

import orjson
from sqlalchemy import Row, delete, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.errors import NotFoundError
from lingqu_water.alerts.acts import Act, ActName
from lingqu_water.alerts.model import LISTS, Alert
from lingqu_water.alerts.tables import ALERT, ALERT_ACT, ALERT_EVENT, ALERT_HORIZON, ALERT_REGION
from lingqu_water.tables import SECTION

_NAMES = tuple(field.name for field in fields(Alert))
ALERT_COLUMNS = tuple(ALERT.c[name] for name in _NAMES)


class UnknownAlertError(NotFoundError):
    """There is no alert of that id."""

    def __init__(self, alert_id: str) -> None:
        super().__init__(f"there is no alert {alert_id!r}; GET /v1/alerts lists those there are")


def alert_of(row: Row[Any]) -> Alert:
    values = row._asdict()
    return Alert(**values | {name: tuple(orjson.loads(values[name])) for name in LISTS})


def find_alert(session: Session, alert_id: str, *, lock: bool = False) -> Alert:
    """Return the alert; raise UnknownAlertError."""
    statement = select(*ALERT_COLUMNS).where(ALERT.c.alert_id == alert_id)
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise UnknownAlertError(alert_id)
    return alert_of(row)


def lock_section(session: Session, code: str) -> None:
    """Let nobody judge the section's readings, or act on its alerts, until the transaction ends."""
    session.execute(select(SECTION.c.code).where(SECTION.c.code == code).with_for_update())


def own_alerts(session: Session, section_codes: Collection[str], since_ms: int) -> list[Alert]:
    """Return our alerts of the sections that were not over by then, in order of their starts."""
    columns = ALERT.c
    found = select(*ALERT_COLUMNS).where(
        columns.section_code.in_(section_codes),
        columns.direction == "own",
        columns.withdrawn.is_(False),
        or_(columns.ended_at_ms.is_(None), columns.ended_at_ms >= since_ms),
    )
    return [alert_of(row) for row in session.execute(found.order_by(columns.started_at_ms))]


def alerts_of(session: Session, alert_ids: Collection[str]) -> dict[str, Alert]:
    """Return those of the alerts that were ever told, also withdrawn ones."""
    found = select(*ALERT_COLUMNS).where(ALERT.c.alert_id.in_(alert_ids))
    return {row.alert_id: alert_of(row) for row in session.execute(found)}


def write_alerts(session: Session, alerts: Sequence[Alert]) -> None:
    """Let the alerts be as they are said here; one that is said twice is as it is said last."""
    last = {alert.alert_id: alert for alert in alerts}
    if not last:
        return
    rows = [_values(alert) for alert in last.values()]
    session.execute(_upsert(session.get_bind().dialect.name), rows)
    session.execute(delete(ALERT_REGION).where(ALERT_REGION.c.alert_id.in_(last)))
    regions = [
        {"alert_id": alert.alert_id, "region": region}
        for alert in last.values()
        for region in dict.fromkeys(alert.downstream_regions)
    ]
    if regions:
        session.execute(insert(ALERT_REGION), regions)


def note_events(session: Session, told: Sequence[tuple[Alert, str]]) -> None:
    """Keep in the alerts' histories what their events said, each with what change it was."""
    rows = [
        {
            "event_id": alert.event_id,
            "alert_id": alert.alert_id,
            "at_ms": alert.told_at_ms,
            "change": change,
            "level": alert.level,
            "state": alert.state,
            "suspect": alert.suspect,
            "reminder": alert.reminder,
        }
        for alert, change in told
    ]
    if rows:
        session.execute(insert(ALERT_EVENT), rows)


def write_act(session: Session, alert: Alert, act: Act) -> None:
    session.execute(
        insert(ALERT_ACT).values(
            section_code=alert.section_code, item_code=alert.item_code, **asdict(act)
        )
    )


def acts_of(session: Session, section_code: str) -> list[tuple[str, Act]]:
    """Return what people did about alerts of the section, with the item, in order."""
    columns = ALERT_ACT.c
    found = select(ALERT_ACT).where(columns.section_code == section_code)
    return [
        (
            row.item_code,
            Act(cast("ActName", row.name), row.rank, row.anchor_ms, row.at_ms, row.who, row.note),
        )
        for row in session.execute(found.order_by(columns.at_ms, columns.id))
    ]


def horizons(session: Session, section_codes: Collection[str]) -> dict[str, int]:
    """Return how far the sections' readings were looked at, for those where any were."""
    columns = ALERT_HORIZON.c
    found = select(columns.section_code, columns.last_ms)
    rows = session.execute(found.where(columns.section_code.in_(section_codes)))
    return {row.section_code: row.last_ms for row in rows}


def move_horizons(session: Session, moved: Iterable[tuple[str, int]]) -> None:
    rows: Sequence[dict[str, Any]] = [
        {"section_code": code, "last_ms": last_ms} for code, last_ms in moved
    ]
    if not rows:
        return
    insertion = _insertion_of(session.get_bind().dialect.name)(ALERT_HORIZON)
    session.execute(
        insertion.on_conflict_do_update(
            index_elements=["section_code"], set_={"last_ms": insertion.excluded.last_ms}
        ),
        rows,
    )


def _values(alert: Alert) -> dict[str, Any]:
    values = {name: getattr(alert, name) for name in _NAMES}
    return values | {name: orjson.dumps(values[name]).decode() for name in LISTS}


@cache
def _upsert(dialect: str) -> Any:
    """Return the one statement, since making it takes longer than running it."""
    insertion = _insertion_of(dialect)(ALERT)
    changed = {name: insertion.excluded[name] for name in _NAMES if name != "alert_id"}
    return insertion.on_conflict_do_update(index_elements=["alert_id"], set_=changed)


def _insertion_of(dialect: str) -> Any:
    return postgresql.insert if dialect == "postgresql" else sqlite.insert

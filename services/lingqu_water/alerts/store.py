"""Alerts as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
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

ALERT_COLUMNS = tuple(ALERT.c[field.name] for field in fields(Alert))


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


def write_alert(session: Session, alert: Alert) -> None:
    """Let the alert be as it is said here."""
    values = asdict(alert) | {name: orjson.dumps(getattr(alert, name)).decode() for name in LISTS}
    _upsert(session, ALERT, values, "alert_id")
    session.execute(delete(ALERT_REGION).where(ALERT_REGION.c.alert_id == alert.alert_id))
    regions = dict.fromkeys(alert.downstream_regions)
    if regions:
        rows = [{"alert_id": alert.alert_id, "region": region} for region in regions]
        session.execute(insert(ALERT_REGION), rows)


def note_event(session: Session, alert: Alert, change: str) -> None:
    """Keep in the alert's history what its last event said."""
    session.execute(
        insert(ALERT_EVENT).values(
            event_id=alert.event_id,
            alert_id=alert.alert_id,
            at_ms=alert.told_at_ms,
            change=change,
            level=alert.level,
            state=alert.state,
            suspect=alert.suspect,
            reminder=alert.reminder,
        )
    )


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
    insertion = _insertion(session)(ALERT_HORIZON)
    session.execute(
        insertion.on_conflict_do_update(
            index_elements=["section_code"], set_={"last_ms": insertion.excluded.last_ms}
        ),
        rows,
    )


def _upsert(session: Session, table: Any, values: dict[str, Any], key: str) -> None:
    insertion = _insertion(session)(table).values(values)
    session.execute(insertion.on_conflict_do_update(index_elements=[key], set_=values))


def _insertion(session: Session) -> Any:
    postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if postgres else sqlite.insert

"""Alerts in pages, by what people look for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from lingqu.service.paging import Page, page, position_of
from lingqu_water.alerts.model import Alert
from lingqu_water.alerts.store import ALERT_COLUMNS, alert_of
from lingqu_water.alerts.tables import ALERT, ALERT_REGION
from lingqu_water.sections.naming import code_of

LISTING = "alerts"
_ORDER = (ALERT.c.started_at_ms, ALERT.c.alert_id)


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are wanted; a part that is None leaves all through.

    `section` is a code or a name, `region` one that the alert is for, or that told it; the times
    are those of its start.
    """

    states: Sequence[str] | None = None
    levels: Sequence[str] | None = None
    section: str | None = None
    region: str | None = None
    item: str | None = None
    river: str | None = None
    direction: str | None = None
    suspect: bool | None = None
    withdrawn: bool = False
    from_ms: int | None = None
    until_ms: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        columns = ALERT.c
        equal = {
            "section_code": self.section,
            "item_code": self.item,
            "river": self.river,
            "direction": self.direction,
            "suspect": self.suspect,
            "withdrawn": self.withdrawn,
        }
        found = [columns[name] == value for name, value in equal.items() if value is not None]
        if self.states is not None:
            found.append(columns.state.in_(self.states))
        if self.levels is not None:
            found.append(columns.level.in_(self.levels))
        if self.from_ms is not None:
            found.append(columns.started_at_ms >= self.from_ms)
        if self.until_ms is not None:
            found.append(columns.started_at_ms < self.until_ms)
        if self.region is not None:
            found.append(_concerns(self.region))
        return found


def alerts_page(
    session: Session, wanted: AlertFilter, limit: int, cursor: str | None
) -> Page[Alert]:
    """Return a page of alerts, the latest to start first."""
    conditions = replace(wanted, section=code_of(session, wanted.section)).conditions()
    position = position_of(LISTING, cursor)
    if position is not None:
        conditions.append(tuple_(*_ORDER) < tuple_(*position))
    found = select(*ALERT_COLUMNS).where(*conditions)
    latest = found.order_by(*(column.desc() for column in _ORDER)).limit(limit + 1)
    rows = [alert_of(row) for row in session.execute(latest)]
    return page(LISTING, rows, limit, lambda alert: (alert.started_at_ms, alert.alert_id))


def _concerns(region: str) -> ColumnElement[bool]:
    addressed = select(ALERT_REGION.c.alert_id).where(ALERT_REGION.c.region == region)
    return or_(ALERT.c.origin == region, ALERT.c.alert_id.in_(addressed))

"""Incidents in pages, by what people look for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from lingqu.service.paging import Page, page, position_of
from lingqu_water.incidents.model import Incident
from lingqu_water.incidents.store import INCIDENT_COLUMNS, incident_of
from lingqu_water.incidents.tables import INCIDENT, INCIDENT_REGION

LISTING = "incidents"
_ORDER = (INCIDENT.c.declared_at_ms, INCIDENT.c.incident_id)


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents are wanted; a part that is None leaves all through.

    `region` is one that an incident was reported to, or that declared it.
    """

    states: Sequence[str] | None = None
    levels: Sequence[str] | None = None
    region: str | None = None
    river: str | None = None
    direction: str | None = None
    from_ms: int | None = None
    until_ms: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        columns = INCIDENT.c
        equal = {"river": self.river, "direction": self.direction}
        found = [columns[name] == value for name, value in equal.items() if value is not None]
        if self.states is not None:
            found.append(columns.state.in_(self.states))
        if self.levels is not None:
            found.append(columns.emergency_level.in_(self.levels))
        if self.from_ms is not None:
            found.append(columns.declared_at_ms >= self.from_ms)
        if self.until_ms is not None:
            found.append(columns.declared_at_ms < self.until_ms)
        if self.region is not None:
            found.append(_concerns(self.region))
        return found


def incidents_page(
    session: Session, wanted: IncidentFilter, limit: int, cursor: str | None
) -> Page[Incident]:
    """Return a page of incidents, the latest declared first."""
    conditions = wanted.conditions()
    position = position_of(LISTING, cursor)
    if position is not None:
        conditions.append(tuple_(*_ORDER) < tuple_(*position))
    found = select(*INCIDENT_COLUMNS).where(*conditions)
    latest = found.order_by(*(column.desc() for column in _ORDER)).limit(limit + 1)
    rows = [incident_of(row) for row in session.execute(latest)]
    return page(LISTING, rows, limit, lambda one: (one.declared_at_ms, one.incident_id))


def _concerns(region: str) -> ColumnElement[bool]:
    reported = select(INCIDENT_REGION.c.incident_id).where(INCIDENT_REGION.c.region == region)
    return or_(INCIDENT.c.origin == region, INCIDENT.c.incident_id.in_(reported))

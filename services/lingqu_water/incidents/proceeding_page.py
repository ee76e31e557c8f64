"""Disputes and consultations in pages, by what people look for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from lingqu.service.paging import Page, page, position_of
from lingqu_water.incidents.procedure import Procedure
from lingqu_water.incidents.proceeding import Proceeding, proceeding_of
from lingqu_water.incidents.tables import PROCEEDING, PROCEEDING_REGION

_ORDER = (PROCEEDING.c.opened_at_ms, PROCEEDING.c.proceeding_id)


@dataclass(frozen=True, slots=True)
class ProceedingFilter:
    """Which proceedings are wanted; a part that is None leaves all through."""

    states: Sequence[str] | None = None
    region: str | None = None
    opened_by: str | None = None
    from_ms: int | None = None
    until_ms: int | None = None

    def conditions(self, procedure: Procedure) -> list[ColumnElement[bool]]:
        columns = PROCEEDING.c
        found = [columns.procedure == procedure.name]
        if self.states is not None:
            found.append(columns.state.in_(self.states))
        if self.opened_by is not None:
            found.append(columns.opener == self.opened_by)
        if self.from_ms is not None:
            found.append(columns.opened_at_ms >= self.from_ms)
        if self.until_ms is not None:
            found.append(columns.opened_at_ms < self.until_ms)
        if self.region is not None:
            found.append(_concerns(procedure, self.region))
        return found


def proceedings_page(
    session: Session,
    procedure: Procedure,
    wanted: ProceedingFilter,
    limit: int,
    cursor: str | None,
) -> Page[Proceeding]:
    """Return a page of proceedings, the latest opened first."""
    listing = f"{procedure.name}s"
    conditions = wanted.conditions(procedure)
    position = position_of(listing, cursor)
    if position is not None:
        conditions.append(tuple_(*_ORDER) < tuple_(*position))
    found = select(PROCEEDING).where(*conditions)
    latest = found.order_by(*(column.desc() for column in _ORDER)).limit(limit + 1)
    rows = [proceeding_of(row) for row in session.execute(latest)]
    return page(listing, rows, limit, lambda one: (one.opened_at_ms, one.proceeding_id))


def _concerns(procedure: Procedure, region: str) -> ColumnElement[bool]:
    columns = PROCEEDING_REGION.c
    part = select(columns.proceeding_id).where(
        columns.procedure == procedure.name, columns.region == region
    )
    return PROCEEDING.c.proceeding_id.in_(part)

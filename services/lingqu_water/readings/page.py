"""Readings in pages, by what people look for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from lingqu.service.paging import Page, page, position_of
from lingqu_water.judgement.water_class import CLASSES, RANKS
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.record import Record
from lingqu_water.readings.store import HEAD_COLUMNS
from lingqu_water.sections.naming import code_of
from lingqu_water.tables import READING, SECTION

LISTING = "readings"

_ORDER = (READING.c.sampled_at_ms, READING.c.section_code, READING.c.method)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which readings are asked for; None asks for all. Classes are those judged here.

    `section` is a code or a name.
    """

    section: str | None = None
    region: str | None = None
    basin: str | None = None
    river: str | None = None
    from_ms: int | None = None
    until_ms: int | None = None
    water_class: str | None = None
    worse_than: str | None = None
    item: str | None = None
    level: str | None = None
    validity: str | None = None
    method: str | None = None
    event_id: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a reading must meet."""
        columns = READING.c
        found = [
            columns[name] == value
            for name, value in (
                ("section_code", self.section),
                ("reporting_region", self.region),
                ("water_class", self.water_class),
                ("data_level", self.level),
                ("method", self.method),
                ("event_id", self.event_id),
            )
            if value is not None
        ]
        found += [
            SECTION.c[name] == value
            for name, value in (("basin", self.basin), ("river", self.river))
            if value is not None
        ]
        if self.from_ms is not None:
            found.append(columns.sampled_at_ms >= self.from_ms)
        if self.until_ms is not None:
            found.append(columns.sampled_at_ms < self.until_ms)
        if self.worse_than is not None:
            found.append(columns.water_class.in_(CLASSES[RANKS[self.worse_than] + 1 :]))
        if self.item is not None:
            found.append(columns["items"].contains(f'["{self.item}",', autoescape=True))
        if self.validity is not None:
            found.append(_validity(self.validity))
        return found


def readings_page(
    session: Session, filters: Filters, limit: int, cursor: str | None
) -> Page[StoredReading]:
    """Return a page of the readings that stand, the latest first."""
    filters = replace(filters, section=code_of(session, filters.section))
    statement: Select[Any] = select(*HEAD_COLUMNS).where(*filters.conditions())
    if filters.basin is not None or filters.river is not None:
        statement = statement.join(SECTION, SECTION.c.code == READING.c.section_code)
    position = position_of(LISTING, cursor)
    if position is not None:
        statement = statement.where(tuple_(*_ORDER) < tuple_(*position))
    statement = statement.order_by(*(column.desc() for column in _ORDER)).limit(limit + 1)
    found = [Record(*row).stored() for row in session.execute(statement)]
    return page(
        LISTING, found, limit, lambda each: (each.sampled_at_ms, each.section_code, each.method)
    )


def _validity(validity: str) -> ColumnElement[bool]:
    """Return the condition for the validity as others read it: a contested one is doubtful."""
    own = READING.c.validity == validity
    if validity == "valid":
        return and_(own, READING.c.contested.is_(False))
    if validity == "doubtful":
        return or_(own, and_(READING.c.contested.is_(True), READING.c.validity == "valid"))
    return own

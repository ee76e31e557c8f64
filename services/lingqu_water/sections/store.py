"""The hub's own table of sections: seeded from what ships, replaced by what operators declare."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Engine, Row, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.service.database import database_errors, session_factory
from lingqu_water.sections.model import Section, unknown_section
from lingqu_water.tables import FROM_READINGS, SECTION

_FRESH_S = 30.0
_COLUMNS = SECTION.c


@dataclass(frozen=True, slots=True)
class SectionFilter:
    """Which sections are wanted; a part that is None leaves all through."""

    region: str | None = None
    river: str | None = None
    basin: str | None = None
    kind: str | None = None
    downstream_of: str | None = None
    upstream_of: str | None = None
    target_class: str | None = None
    verified: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        equal = {
            "reporting_region": self.region,
            "river": self.river,
            "basin": self.basin,
            "kind": self.kind,
            "upstream_region": self.downstream_of,
            "target_class": self.target_class,
            "verified": self.verified,
        }
        found = [_COLUMNS[name] == value for name, value in equal.items() if value is not None]
        if self.upstream_of is not None:
            listed = orjson.dumps(self.upstream_of).decode()
            found.append(_COLUMNS.downstream_regions.contains(listed, autoescape=True))
        return found


class Sections:
    """Sections by code; may be shared by threads. Each call is a transaction of its own.

    What was looked up is remembered for half a minute: a change by another process of the service
    is seen within that time, one through this object at once. Raises DatabaseUnavailableError.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._writing = session_factory(engine)
        self._reading = session_factory(engine, read_only=True)
        self._clock = clock
        self._known: Mapping[str, Section] = {}
        self._fresh_until = float("-inf")
        self._loading = threading.Lock()

    def of(self, code: str) -> Section:
        """Return the section; one that nobody described is a river without a target."""
        if self._clock.monotonic() >= self._fresh_until:
            self._load()
        return self._known.get(code) or unknown_section(code)

    def seed(self, shipped: Iterable[Section]) -> None:
        """Write the shipped sections, but leave alone what an operator has declared.

        A row is ours to replace while its source is one that ships, or while only readings made it.
        """
        sections = list(shipped)
        ours = {FROM_READINGS, *(section.source for section in sections)}
        with database_errors(), self._writing.begin() as session:
            rows = session.execute(select(_COLUMNS.code, _COLUMNS.source))
            sources = {row.code: row.source for row in rows}
            for section in sections:
                if sources.get(section.code, FROM_READINGS) in ours:
                    _write(session, section)
        self._forget()

    def put(self, section: Section) -> None:
        """Write a section as an operator declares it."""
        with database_errors(), self._writing.begin() as session:
            _write(session, section)
        self._forget()

    def find(self, code: str) -> Section | None:
        """Return what the table says now, None where it says nothing."""
        with database_errors(), self._reading() as session:
            row = session.execute(select(SECTION).where(_COLUMNS.code == code)).one_or_none()
        return None if row is None else _section(row)

    def page(self, wanted: SectionFilter, after: str, limit: int) -> list[Section]:
        """Return so many sections that the filter lets through, by code, after that code."""
        found = select(SECTION).where(_COLUMNS.code > after, *wanted.conditions())
        with database_errors(), self._reading() as session:
            rows = session.execute(found.order_by(_COLUMNS.code).limit(limit)).all()
        return [_section(row) for row in rows]

    def _forget(self) -> None:
        self._fresh_until = float("-inf")

    def _load(self) -> None:
        with self._loading:
            if self._clock.monotonic() < self._fresh_until:
                return
            fresh_until = self._clock.monotonic() + _FRESH_S
            described = select(SECTION).where(_COLUMNS.source != FROM_READINGS)
            with database_errors(), self._reading() as session:
                rows = session.execute(described).all()
            self._known = {row.code: _section(row) for row in rows}
            self._fresh_until = fresh_until


def _write(session: Session, section: Section) -> None:
    regions = orjson.dumps(section.downstream_regions).decode()
    values = asdict(section) | {"downstream_regions": regions}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(SECTION).values(values)
    session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=values))


def _section(row: Row[Any]) -> Section:
    values = row._asdict()
    return Section(**values | {"downstream_regions": tuple(orjson.loads(row.downstream_regions))})

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
from lingqu_water.tables import FROM_READINGS, READING, SECTION

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

    def seed(self, shipped: Iterable[Section]) -> list[Section]:
        """Write the shipped sections, but leave alone what an operator has declared.

        A row is ours to replace while its source is one that ships, or while only readings made it.
        Returns those left as they were, since readings were judged by other limits than theirs.
        """
        sections = list(shipped)
        ours = {FROM_READINGS, *(section.source for section in sections)}
        judged: list[Section] = []
        with database_errors(), self._writing.begin() as session:
            known = {row.code: row for row in session.execute(select(SECTION))}
            for section in sections:
                row = known.get(section.code)
                if row is not None and row.source not in ours:
                    continue
                if row is not None and _is_judged_otherwise(session, row, section):
                    judged.append(section)
                else:
                    _write(session, section)
        self.forget()
        return judged

    def put(self, section: Section) -> None:
        """Write a section of which nothing was measured yet."""
        with database_errors(), self._writing.begin() as session:
            _write(session, section)
        self.forget()

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

    def forget(self) -> None:
        """Let the next look-up see what was written."""
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


def put_section(session: Session, section: Section) -> bool:
    """Write a section, locked until the transaction ends; return whether it has other limits now.

    One that readings alone made known had none of its own: what each said of its water decided.
    """
    found = select(SECTION).where(_COLUMNS.code == section.code).with_for_update()
    row = session.execute(found).one_or_none()
    _write(session, section)
    return row is not None and _has_other_limits(row, section)


def _has_other_limits(row: Row[Any], section: Section) -> bool:
    return row.source == FROM_READINGS or _section(row).limits != section.limits


def _is_judged_otherwise(session: Session, row: Row[Any], section: Section) -> bool:
    measured = select(READING.c.section_code).where(READING.c.section_code == section.code).limit(1)
    if not _has_other_limits(row, section):
        return False
    return session.execute(measured).first() is not None


def _write(session: Session, section: Section) -> None:
    regions = orjson.dumps(section.downstream_regions).decode()
    values = asdict(section) | {"downstream_regions": regions}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(SECTION).values(values)
    session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=values))


def _section(row: Row[Any]) -> Section:
    values = row._asdict()
    return Section(**values | {"downstream_regions": tuple(orjson.loads(row.downstream_regions))})

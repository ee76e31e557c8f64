"""Where assessments are kept: each version, and which of them stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Row, Select, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu_water.assessments.tables import ASSESSMENT, CLOSED_MONTH
from lingqu_water.sections.model import Section
from lingqu_water.sections.naming import code_of
from lingqu_water.tables import FROM_READINGS, READING, SECTION

Pair = tuple[str, str]  # section code and month

_COLUMNS = ASSESSMENT.c


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of an assessment as it was published."""

    section_code: str
    month: str
    version: int
    standing: bool
    event_id: str
    change: str
    supersedes: str | None
    document: dict[str, Any]
    digest: bytes
    assessed_at_ms: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of standing assessments is narrowed to; None narrows nothing.

    `section` is a code or a name.
    """

    section: str | None = None
    from_month: str | None = None
    until_month: str | None = None
    region: str | None = None
    basin: str | None = None
    status: str | None = None
    water_class: str | None = None
    met: bool | None = None


class AssessmentStore:
    """Keeps assessments in the caller's transaction."""

    def standing(self, session: Session, pairs: Collection[Pair]) -> dict[Pair, Kept]:
        """Return the assessments that stand for these sections and months."""
        key = tuple_(_COLUMNS.section_code, _COLUMNS.month)
        statement = select(ASSESSMENT).where(key.in_(list(pairs)), _COLUMNS.standing)
        kept = [_kept(row) for row in session.execute(statement)] if pairs else []
        return {(each.section_code, each.month): each for each in kept}

    def standing_of(self, session: Session, section_code: str) -> list[Pair]:
        """Return the months of a section for which an assessment stands."""
        statement = select(_COLUMNS.section_code, _COLUMNS.month).where(
            _COLUMNS.section_code == section_code, _COLUMNS.standing
        )
        return [(row.section_code, row.month) for row in session.execute(statement)]

    def replace(self, session: Session, kept: Sequence[Kept]) -> None:
        """Let these versions stand, and those before them no longer."""
        pairs = [(each.section_code, each.month) for each in kept if each.version > 1]
        if pairs:
            key = tuple_(_COLUMNS.section_code, _COLUMNS.month)
            session.execute(update(ASSESSMENT).where(key.in_(pairs)).values(standing=False))
        if kept:
            session.execute(insert(ASSESSMENT), [_row(each) for each in kept])

    def versions(self, session: Session, section_code: str, month: str) -> list[Kept]:
        """Return all that was published of a section's month, the newest first."""
        statement = (
            select(ASSESSMENT)
            .where(_COLUMNS.section_code == section_code, _COLUMNS.month == month)
            .order_by(_COLUMNS.version.desc())
        )
        return [_kept(row) for row in session.execute(statement)]

    def page(
        self, session: Session, wanted: Wanted, after: Pair | None, limit: int | None
    ) -> list[Kept]:
        """Return standing assessments by month, the newest first, and section."""
        wanted = replace(wanted, section=code_of(session, wanted.section))
        statement = _narrowed(select(ASSESSMENT).where(_COLUMNS.standing), wanted)
        if after is not None:
            month, section = after
            later = (_COLUMNS.month == month) & (_COLUMNS.section_code > section)
            statement = statement.where((_COLUMNS.month < month) | later)
        statement = statement.order_by(_COLUMNS.month.desc(), _COLUMNS.section_code)
        return [_kept(row) for row in session.execute(statement.limit(limit))]

    def closed(self, session: Session, months: Collection[str]) -> set[str]:
        statement = select(CLOSED_MONTH.c.month).where(CLOSED_MONTH.c.month.in_(list(months)))
        return set(session.scalars(statement)) if months else set()

    def last_closed(self, session: Session) -> str | None:
        """Return the last month that was closed, None before the first."""
        statement = select(CLOSED_MONTH.c.month).order_by(CLOSED_MONTH.c.month.desc()).limit(1)
        return session.scalars(statement).first()

    def close(self, session: Session, month: str, now_ms: int) -> bool:
        """Mark the month as closed; False where another process has done so."""
        postgres = session.get_bind().dialect.name == "postgresql"
        make = postgresql.insert if postgres else sqlite.insert
        row = {"month": month, "closed_at_ms": now_ms}
        statement = make(CLOSED_MONTH).values(row).on_conflict_do_nothing()
        done = session.execute(statement.returning(CLOSED_MONTH.c.month))
        return done.first() is not None

    def sections(self, session: Session, codes: Iterable[str]) -> dict[str, Section]:
        """Return these sections, locked until the transaction ends, always in the same order."""
        statement = select(SECTION).where(SECTION.c.code.in_(list(codes)))
        rows = session.execute(statement.order_by(SECTION.c.code).with_for_update())
        return {row.code: _section(row) for row in rows}

    def sections_with_readings(self, session: Session, from_ms: int, until_ms: int) -> list[str]:
        """Return the sections of which something was measured then, final or not."""
        columns = READING.c
        statement = (
            select(columns.section_code)
            .where(columns.sampled_at_ms >= from_ms, columns.sampled_at_ms < until_ms)
            .distinct()
        )
        return sorted(session.scalars(statement))


def _narrowed(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    equal = {
        _COLUMNS.section_code: wanted.section,
        _COLUMNS.reporting_region: wanted.region,
        _COLUMNS.basin: wanted.basin,
        _COLUMNS.status: wanted.status,
        _COLUMNS.water_class: wanted.water_class,
        _COLUMNS.met: wanted.met,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == value)
    if wanted.from_month is not None:
        statement = statement.where(_COLUMNS.month >= wanted.from_month)
    if wanted.until_month is not None:
        statement = statement.where(_COLUMNS.month <= wanted.until_month)
    return statement


def _row(kept: Kept) -> dict[str, Any]:
    document = kept.document
    copied = ("status", "water_class", "met", "reporting_region", "basin")
    return {
        "section_code": kept.section_code,
        "month": kept.month,
        "version": kept.version,
        "standing": kept.standing,
        "event_id": kept.event_id,
        "change": kept.change,
        "supersedes": kept.supersedes,
        **{name: document[name] for name in copied},
        "document": orjson.dumps(document).decode(),
        "digest": kept.digest,
        "assessed_at_ms": kept.assessed_at_ms,
    }


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        row.section_code,
        row.month,
        row.version,
        row.standing,
        row.event_id,
        row.change,
        row.supersedes,
        orjson.loads(row.document),
        row.digest,
        row.assessed_at_ms,
    )


def _section(row: Row[Any]) -> Section:
    described = row.source != FROM_READINGS
    return Section(
        code=row.code,
        name=row.name,
        reporting_region=row.reporting_region,
        kind=row.kind if described else "river",
        basin=row.basin,
        river=row.river,
        target_class=row.target_class,
    )

"""All that was stated about one reading: what stands, and what no longer does or never did."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.model import Key
from lingqu_water.readings.record import Record
from lingqu_water.tables import READING, READING_VERSION


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement; without an event id it was never published, since a better one stood."""

    stands: bool
    reading: StoredReading


def statements_of(session: Session, key: Key) -> list[Stated]:
    """Return the statements about the key, the latest first; empty where there is none."""
    found = [
        (record, table is READING)
        for table in (READING, READING_VERSION)
        for record in _records(session, table, key)
    ]
    found.sort(key=lambda each: (each[1], each[0].rank, each[0].recorded_at_ms), reverse=True)
    return [Stated(stands, record.stored()) for record, stands in found]


def _records(session: Session, table: Table, key: Key) -> list[Record]:
    section_code, sampled_at_ms, method = key
    statement = select(*(table.c[name] for name in Record._fields)).where(
        table.c.section_code == section_code,
        table.c.sampled_at_ms == sampled_at_ms,
        table.c.method == method,
    )
    return [Record(*row) for row in session.execute(statement)]

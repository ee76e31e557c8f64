"""The readings that stand, as others look them up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.live import LIVE_COLUMNS
from lingqu_water.readings.model import LIVE, Key
from lingqu_water.readings.record import Record
from lingqu_water.tables import READING, READING_LIVE

HEAD_COLUMNS = tuple(READING.c[name] for name in Record._fields)


class ReadingStore:
    """Looks readings up; what it returns stands in the session's own view of the database."""

    def between(
        self,
        session: Session,
        section_code: str,
        from_ms: int,
        until_ms: int,
        *,
        methods: Collection[str] | None = None,
    ) -> list[StoredReading]:
        """Return the readings of a section from the one moment to before the other, by time."""
        columns = READING.c
        statement = select(*HEAD_COLUMNS).where(
            columns.section_code == section_code,
            columns.sampled_at_ms >= from_ms,
            columns.sampled_at_ms < until_ms,
        )
        if methods is not None:
            statement = statement.where(columns.method.in_(list(methods)))
        return _stored(session, statement.order_by(columns.sampled_at_ms, columns.method))

    def live_between(
        self,
        session: Session,
        section_code: str,
        from_ms: int,
        until_ms: int,
        *,
        methods: Collection[str],
    ) -> list[StoredReading]:
        """Return the latest statements made live, whether they stand or were restated since."""
        found: dict[Key, StoredReading] = {}
        for table, columns in ((READING, HEAD_COLUMNS), (READING_LIVE, LIVE_COLUMNS)):
            statement = select(*columns).where(
                table.c.section_code == section_code,
                table.c.sampled_at_ms >= from_ms,
                table.c.sampled_at_ms < until_ms,
                table.c.method.in_(list(methods)),
                table.c.mode == LIVE,
            )
            found |= {each.key: each for each in _stored(session, statement)}
        return list(found.values())

    def span(self, session: Session, section_codes: Collection[str]) -> tuple[int, int]:
        """Return the times of the first and the last reading of sections, (0, -1) for none."""
        columns = READING.c
        statement = select(func.min(columns.sampled_at_ms), func.max(columns.sampled_at_ms))
        found = session.execute(statement.where(columns.section_code.in_(list(section_codes))))
        first_ms, last_ms = found.one()
        return (0, -1) if first_ms is None else (first_ms, last_ms)

    def head(self, session: Session, key: Key) -> StoredReading | None:
        """Return the reading that stands for the key, None where none does."""
        section_code, sampled_at_ms, method = key
        columns = READING.c
        statement = select(*HEAD_COLUMNS).where(
            columns.section_code == section_code,
            columns.sampled_at_ms == sampled_at_ms,
            columns.method == method,
        )
        return next(iter(_stored(session, statement)), None)


def _stored(session: Session, statement: Select[Any]) -> list[StoredReading]:
    return [Record(*row).stored() for row in session.execute(statement)]

"""The classes of a section's readings judged anew, once other limits apply to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from lingqu_water.readings.judge import Judge, day_of
from lingqu_water.readings.model import load_items
from lingqu_water.tables import READING, READING_LIVE, READING_VERSION

_KEY = ("section_code", "sampled_at_ms", "method", "digest")


def rejudge(session: Session, section_code: str, kind: str, judge: Judge) -> int:
    """Judge all statements about a locked section by its kind; return how many readings changed.

    What no longer stands is judged too, since people look at it, but not counted. The events
    already told hold no class of ours.
    """
    changed = 0
    for table in (READING, READING_VERSION, READING_LIVE):
        rows = list(_otherwise(session, table, section_code, kind, judge))
        if rows:
            key = [table.c[name] == bindparam(f"key_{name}") for name in _KEY]
            session.connection().execute(update(table).where(*key), rows)
        changed += len(rows) if table is READING else 0
    return changed


def _otherwise(
    session: Session, table: Table, section_code: str, kind: str, judge: Judge
) -> Iterator[dict[str, Any]]:
    names = (*_KEY, "items", "withdrawn", "water_class", "partial")
    statement = select(*(table.c[name] for name in names))
    for row in session.execute(statement.where(table.c.section_code == section_code)):
        judged = judge(load_items(row.items), kind, day_of(row.sampled_at_ms))
        said = None if row.withdrawn else judged.water_class, judged.partial
        if said != (row.water_class, bool(row.partial)):
            key = {f"key_{name}": getattr(row, name) for name in _KEY}
            yield {**key, "water_class": said[0], "partial": said[1]}

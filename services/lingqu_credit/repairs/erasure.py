"""A repaired record removed from every table: what stays is a tombstone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from lingqu_credit.measures.live import lift
from lingqu_credit.records.kinds import KINDS
from lingqu_credit.tables import OBJECTION, OBJECTION_STEP, SANCTION, TOMBSTONE


@dataclass(frozen=True, slots=True)
class Removed:
    """How much of a record's content there was, and how many live measures were lifted."""

    rows: int
    measures: int


def erase(session: Session, kind: str, record_id: str, repair_id: str, now_ms: int) -> Removed:
    """Remove the record, its measures, their uses and what was objected to it.

    In the caller's transaction. A second time removes what is left, which is nothing; the tombstone
    tells what the first one removed.
    """
    measures = lift(session, [record_id])
    objections = select(OBJECTION.c.objection_id).where(OBJECTION.c.record_id == record_id)
    steps = delete(OBJECTION_STEP).where(OBJECTION_STEP.c.objection_id.in_(objections))
    session.execute(steps.execution_options(synchronize_session=False))
    rows = sum(
        _delete(session, table, record_id) for table in (KINDS[kind].table, SANCTION, OBJECTION)
    )
    removed = Removed(rows, measures)
    if not _is_there(session, record_id):
        session.execute(
            insert(TOMBSTONE).values(
                record_id=record_id,
                kind=kind,
                repair_id=repair_id,
                removed_at_ms=now_ms,
                rows_removed=removed.rows,
                measures_lifted=removed.measures,
            )
        )
    return removed


def _delete(session: Session, table: Table, record_id: str) -> int:
    statement = delete(table).where(table.c.record_id == record_id)
    found = session.execute(statement.execution_options(synchronize_session=False))
    return int(found.rowcount)  # type: ignore[attr-defined]


def _is_there(session: Session, record_id: str) -> bool:
    found = select(TOMBSTONE.c.record_id).where(TOMBSTONE.c.record_id == record_id)
    return session.scalar(found) is not None

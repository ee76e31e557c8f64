"""A repaired record removed from every table: what stays is a tombstone.

On its topic a withdrawal without content follows it, and retention removes what came before:
Kafka takes no single record out of a topic that is not compacted (decision 0009).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, delete, insert, select, update
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

    In the caller's transaction. Return all that was ever removed: the record's own withdrawal may
    have come before the grant; it names no repair.
    """
    lifted = lift(session, [record_id])
    objections = select(OBJECTION.c.objection_id).where(OBJECTION.c.record_id == record_id)
    steps = delete(OBJECTION_STEP).where(OBJECTION_STEP.c.objection_id.in_(objections))
    session.execute(steps.execution_options(synchronize_session=False))
    rows = sum(
        _delete(session, table, record_id) for table in (KINDS[kind].table, SANCTION, OBJECTION)
    )
    columns = TOMBSTONE.c
    before = session.execute(select(TOMBSTONE).where(columns.record_id == record_id)).one_or_none()
    if before is None:
        removed = Removed(rows, lifted)
        told = {"kind": kind, "repair_id": repair_id, "removed_at_ms": now_ms}
        counts = {"rows_removed": rows, "measures_lifted": lifted}
        session.execute(insert(TOMBSTONE).values(record_id=record_id, **told, **counts))
        return removed
    removed = Removed(before.rows_removed + rows, before.measures_lifted + lifted)
    session.execute(
        update(TOMBSTONE)
        .where(columns.record_id == record_id)
        .values(
            repair_id=repair_id or before.repair_id,
            rows_removed=removed.rows,
            measures_lifted=removed.measures,
        )
    )
    return removed


def _delete(session: Session, table: Table, record_id: str) -> int:
    statement = delete(table).where(table.c.record_id == record_id)
    found = session.execute(statement.execution_options(synchronize_session=False))
    return int(found.rowcount)  # type: ignore[attr-defined]

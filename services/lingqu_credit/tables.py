"""The tables: what stands of each record, what is live of measures, and what was repaired."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from lingqu.domain_service.statements.tables import statement_columns

TABLES = MetaData()


def _record(name: str, end: str) -> Table:
    """Return the table of one kind of record; `end` is the field with its last day."""
    table = Table(
        name,
        TABLES,
        Column("record_id", Text, primary_key=True),
        Column("uscc", Text, index=True),
        Column("subject_type", Text, nullable=False),
        Column("grade", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("repair_state", Text, nullable=False),
        Column("decided_on", Integer),
        Column(end, Integer),
        *statement_columns(),
    )
    Index(f"{name}_by_end", table.c.state, table.c[end])
    return table


LICENCE = _record("licence", "valid_until")
PENALTY = _record("penalty", "max_until")
RATING = _record("rating", "valid_until")
DISHONESTY = _record("dishonesty", "max_until")
ABNORMAL = _record("abnormal", "max_until")

SUBJECT_CHANGE = Table(
    "subject_change",
    TABLES,
    Column("change_id", Text, primary_key=True),
    Column("uscc", Text, nullable=False, index=True),
    Column("successor_uscc", Text, index=True),
    Column("effective_on", Integer, nullable=False),
    *statement_columns(),
)

SANCTION = Table(
    "sanction",
    TABLES,
    Column("sanction_id", Text, primary_key=True),
    Column("record_id", Text, nullable=False, index=True),
    Column("record_origin", Text, nullable=False),
    Column("uscc", Text, index=True),
    *statement_columns(),
)

# Measures of records that are in force, of organisations only: one row a measure.
MEASURE = Table(
    "measure",
    TABLES,
    Column("record_id", Text, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("uscc", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("from_day", Integer, nullable=False),
    Column("until_day", Integer),
    Column("measure", Text, nullable=False),
)

# All that is left of a repaired record: that it was, which repair ended it, and what was removed.
TOMBSTONE = Table(
    "tombstone",
    TABLES,
    Column("record_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("repair_id", Text, nullable=False),
    Column("removed_at_ms", BigInteger, nullable=False),
    Column("rows_removed", Integer, nullable=False),
    Column("measures_lifted", Integer, nullable=False),
)

# Neither repairs nor their steps hold anything of a record but its id.
REPAIR = Table(
    "repair",
    TABLES,
    Column("repair_id", Text, primary_key=True),
    Column("record_kind", Text, nullable=False),
    Column("record_id", Text, nullable=False, index=True),
    Column("record_origin", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("stop_by_ms", BigInteger),
)

REPAIR_STEP = Table(
    "repair_step",
    TABLES,
    Column("event_id", Text, primary_key=True),
    Column("repair_id", Text, nullable=False, index=True),
    Column("document", Text, nullable=False),
)

OBJECTION = Table(
    "objection",
    TABLES,
    Column("objection_id", Text, primary_key=True),
    Column("record_kind", Text, nullable=False),
    Column("record_id", Text, nullable=False, index=True),
    Column("record_origin", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("answer_by_ms", BigInteger),
    Column("taken", Boolean, nullable=False),
    Column("content", LargeBinary(16)),  # of the record when it was accepted, its state left out
)

OBJECTION_STEP = Table(
    "objection_step",
    TABLES,
    Column("event_id", Text, primary_key=True),
    Column("objection_id", Text, nullable=False, index=True),
    Column("document", Text, nullable=False),
)

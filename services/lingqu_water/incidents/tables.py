"""The tables of what people declare. Times are milliseconds; documents and lists are JSON texts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

DECLARED_TABLES = MetaData()

_ID = BigInteger().with_variant(Integer, "sqlite")

# One row an incident, as its last report leaves it; `direction` is own or received.
INCIDENT = Table(
    "incident",
    DECLARED_TABLES,
    Column("incident_id", Text, primary_key=True),
    Column("direction", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("emergency_level", Text, nullable=False),
    Column("river", Text),
    Column("sequence", Integer, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("declared_at_ms", BigInteger, nullable=False),
    Column("told_at_ms", BigInteger, nullable=False),
)
Index("incident_newest", INCIDENT.c.declared_at_ms, INCIDENT.c.incident_id)

# Whom an incident was ever reported to: one row a region.
INCIDENT_REGION = Table(
    "incident_region",
    DECLARED_TABLES,
    Column("incident_id", Text, primary_key=True),
    Column("region", Text, primary_key=True),
)
Index("incident_by_region", INCIDENT_REGION.c.region, INCIDENT_REGION.c.incident_id)

# Every report as it was told, and every correction of one; `document` holds the event's fields.
INCIDENT_REPORT = Table(
    "incident_report",
    DECLARED_TABLES,
    Column("id", _ID, primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("incident_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("report_type", Text, nullable=False),
    Column("emergency_level", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("told_at_ms", BigInteger, nullable=False),
    Column("acknowledge_by_ms", BigInteger),
    Column("document", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("incident_report_of", INCIDENT_REPORT.c.incident_id, INCIDENT_REPORT.c.sequence)

# Acknowledgements between regions: others' of our reports, ours of theirs.
INCIDENT_ACKNOWLEDGEMENT = Table(
    "incident_acknowledgement",
    DECLARED_TABLES,
    Column("event_id", Text, primary_key=True),
    Column("incident_id", Text, nullable=False, index=True),
    Column("region", Text, nullable=False),
    Column("refers_to", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", Text),
    Column("note", Text),
)


def _proceeding() -> list[Column[Any]]:
    return [
        Column("procedure", Text, primary_key=True),
        Column("proceeding_id", Text, primary_key=True),
    ]


# Disputes and consultations: what regions go through together, one row each.
PROCEEDING = Table(
    "proceeding",
    DECLARED_TABLES,
    *_proceeding(),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("opener", Text, nullable=False),
    Column("others", Text, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("told_at_ms", BigInteger, nullable=False),
)
Index(
    "proceeding_newest",
    PROCEEDING.c.procedure,
    PROCEEDING.c.opened_at_ms,
    PROCEEDING.c.proceeding_id,
)

PROCEEDING_REGION = Table(
    "proceeding_region",
    DECLARED_TABLES,
    *_proceeding(),
    Column("region", Text, primary_key=True),
)

# Every step as it was told. One that its state did not allow is kept as an anomaly: it was said.
PROCEEDING_STEP = Table(
    "proceeding_step",
    DECLARED_TABLES,
    Column("event_id", Text, primary_key=True),
    Column("procedure", Text, nullable=False),
    Column("proceeding_id", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("told_at_ms", BigInteger, nullable=False),
    Column("anomaly", Boolean, nullable=False),
    Column("document", Text, nullable=False),
)
Index("proceeding_step_of", PROCEEDING_STEP.c.procedure, PROCEEDING_STEP.c.proceeding_id)

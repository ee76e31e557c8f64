"""The tables of assessments."""

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

TABLES = MetaData()

# Every assessment that was published, the one that stands marked; `document` is JSON.
ASSESSMENT = Table(
    "assessment",
    TABLES,
    Column("section_code", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("standing", Boolean, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("supersedes", Text),
    Column("status", Text, nullable=False),
    Column("water_class", Text),
    Column("met", Boolean),
    Column("reporting_region", Text, nullable=False),
    Column("basin", Text),
    Column("document", Text, nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("assessed_at_ms", BigInteger, nullable=False),
)
Index("assessment_by_month", ASSESSMENT.c.month, ASSESSMENT.c.section_code)

# The months that were closed: a section without an assessment gets one when its data come late.
CLOSED_MONTH = Table(
    "closed_month",
    TABLES,
    Column("month", Text, primary_key=True),
    Column("closed_at_ms", BigInteger, nullable=False),
)

"""The tables of sections and readings."""

from __future__ import annotations

from typing import Any

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
    text,
)

TABLES = MetaData()

# `downstream_regions` is a JSON list. A section that no table describes is there too, with the
# source FROM_READINGS: what its own row says of the water body then decides nothing.
FROM_READINGS = "readings"

SECTION = Table(
    "section",
    TABLES,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("reporting_region", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("basin", Text, index=True),
    Column("river", Text),
    Column("upstream_region", Text),
    Column("downstream_regions", Text, nullable=False, server_default=text("'[]'")),
    Column("function_zone", Text),
    Column("target_class", Text),
    Column("source", Text, nullable=False, server_default=text("''")),
    Column("verified", Boolean, nullable=False, server_default=text("true")),
)


def _statement() -> list[Column[Any]]:
    """Return the columns of one statement, which stands or once did."""
    return [
        Column("section_code", Text, nullable=False),
        Column("sampled_at_ms", BigInteger, nullable=False),
        Column("method", Text, nullable=False),
        Column("event_id", Text),
        Column("digest", LargeBinary(16), nullable=False),
        Column("data_level", Text, nullable=False),
        Column("as_of_ms", BigInteger, nullable=False),
        Column("ordinal", BigInteger, nullable=False),
        Column("contested", Boolean, nullable=False),
        Column("withdrawn", Boolean, nullable=False),
        Column("validity", Text, nullable=False),
        Column("validity_reason", Text),
        Column("published_class", Text),
        Column("water_class", Text),
        Column("partial", Boolean, nullable=False),
        Column("station_status", Text),
        Column("reviewed_by_org", Text),
        Column("reviewed_at_ms", BigInteger),
        Column("mode", Text, nullable=False),
        Column("reporting_region", Text, nullable=False),
        Column("items", Text, nullable=False),
        Column("recorded_at_ms", BigInteger, nullable=False),
    ]


# What stands: one row a section, time and method. `validity` is the statement's own, before
# `contested` makes it doubtful.
READING = Table("reading", TABLES, *_statement())
Index(
    "reading_key",
    READING.c.section_code,
    READING.c.sampled_at_ms,
    READING.c.method,
    unique=True,
)
Index("reading_by_time", READING.c.sampled_at_ms, READING.c.section_code, READING.c.method)
Index("reading_event", READING.c.event_id)

# What was stated live for a key, where what stands was filled in afterwards, or is contested by it.
READING_LIVE = Table("reading_live", TABLES, *_statement())
Index(
    "reading_live_key",
    READING_LIVE.c.section_code,
    READING_LIVE.c.sampled_at_ms,
    READING_LIVE.c.method,
    unique=True,
)

# What once stood, came late, or contests what stands: needed to tell a repeat, and kept as history.
READING_VERSION = Table(
    "reading_version",
    TABLES,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    *_statement(),
    sqlite_autoincrement=True,
)
Index(
    "reading_version_key",
    READING_VERSION.c.section_code,
    READING_VERSION.c.sampled_at_ms,
    READING_VERSION.c.method,
)
Index("reading_version_event", READING_VERSION.c.event_id)

"""The tables of what was declared: the latest statement of each key, as a document."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, Table, Text

TABLES = MetaData()


def _statement() -> list[Column[object]]:
    """Return the columns of one statement; `document` is its event as JSON, instants in ms."""
    return [
        Column("event_id", Text, nullable=False, unique=True),
        Column("occurred_at_ms", BigInteger, nullable=False),
        Column("origin", Text, nullable=False),
        Column("change", Text, nullable=False),
        Column("digest", LargeBinary(16), nullable=False),
        Column("document", Text, nullable=False),
    ]


FUNCTION_ZONE = Table(
    "function_zone",
    TABLES,
    Column("zone_code", Text, primary_key=True),
    Column("reporting_region", Text, nullable=False, index=True),
    Column("river", Text, nullable=False, index=True),
    Column("basin", Text),
    Column("target_class", Text, nullable=False),
    Column("result", Text, nullable=False),
    *_statement(),
)

RESOURCE = Table(
    "resource",
    TABLES,
    Column("station_code", Text, primary_key=True),
    Column("observed_at", BigInteger, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("reporting_region", Text, nullable=False, index=True),
    Column("river", Text),
    Column("section_code", Text, index=True),
    Column("station_kind", Text, nullable=False),
    Column("data_level", Text, nullable=False),
    *_statement(),
)
Index("resource_by_time", RESOURCE.c.observed_at, RESOURCE.c.station_code)

"""The tables of what was declared: the latest statement of each key, as a document."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

from lingqu.domain_service.statements.tables import statement_columns

TABLES = MetaData()

FUNCTION_ZONE = Table(
    "function_zone",
    TABLES,
    Column("zone_code", Text, primary_key=True),
    Column("reporting_region", Text, nullable=False, index=True),
    Column("river", Text, nullable=False, index=True),
    Column("basin", Text),
    Column("target_class", Text, nullable=False),
    Column("result", Text, nullable=False),
    *statement_columns(),
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
    *statement_columns(),
)
Index("resource_by_time", RESOURCE.c.observed_at, RESOURCE.c.station_code)

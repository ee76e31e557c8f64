"""The exported DDL on real databases: the very table that the database sink makes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from lingqu.connect.samples import Lane
from lingqu.contracts.exports.sql_ddl import sql_ddl
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Catalogue, Contract
from lingqu_connectors.database.options import DatabaseSinkOptions
from lingqu_connectors.database.table import Target, plan, settle

pytestmark = pytest.mark.integration

SCHEMAS = Path(__file__).parents[2] / "schemas"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(SCHEMAS)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url, poolclass=NullPool)
    yield engine
    engine.dispose()


def run_ddl(connection: Connection, contract: Contract) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.executescript(sql_ddl(contract, "sqlite"))
    else:
        driver.execute(sql_ddl(contract, "postgresql"))


def table_facts(connection: Connection, table: str) -> tuple[list[Any], list[str]]:
    inspector = inspect(connection)
    columns = [
        (each["name"], each["type"].compile(dialect=connection.dialect), each["nullable"])
        for each in inspector.get_columns(table)
    ]
    return columns, inspector.get_pk_constraint(table)["constrained_columns"]


def planned(contract: Contract, table: str, backend: str) -> Target:
    """Return the table as the sink plans it for a view that discloses all."""
    lane = Lane("exported", contract.topic(), key=contract.key)
    url = "sqlite:////unused" if backend == "sqlite" else "postgresql://u@unused/d"
    options = DatabaseSinkOptions.model_validate({"url": url, "table": table})
    return plan(lane.context(options, contract.latest().schema), backend)


def test_the_exported_table_is_the_one_that_the_sink_makes(
    catalogue: Catalogue, engine: Engine
) -> None:
    with engine.begin() as connection:
        backend = connection.dialect.name
        for contract in catalogue:
            exported = f"{contract.domain}_{contract.event}"
            run_ddl(connection, contract)
            made = planned(contract, f"{exported}_by_sink", backend)
            settle(connection, made, create=True, begun=False)
            found, wanted = (table_facts(connection, name) for name in (exported, made.table.name))
            assert found == wanted, contract.name
            settle(connection, planned(contract, exported, backend), create=False, begun=False)


def test_the_database_keeps_what_each_column_means(catalogue: Catalogue, engine: Engine) -> None:
    contract = next(iter(catalogue))
    field = contract.latest().fields[0]
    said = f"{' '.join(field.doc.split())} [grade {field.grade}; kind {field.kind}]"
    question = (
        "SELECT sql FROM sqlite_master WHERE type = 'table'"
        if engine.dialect.name == "sqlite"
        else "SELECT description FROM pg_description WHERE objsubid = 1"
        f" AND objoid = '{contract.domain}_{contract.event}'::regclass"
    )
    with engine.begin() as connection:
        run_ddl(connection, contract)
        assert said in connection.execute(text(question)).scalar_one()

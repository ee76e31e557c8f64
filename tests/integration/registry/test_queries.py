"""What is asked about many subjects at once is found by an index, however much there is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Connection, Select

from lingqu.service.database import make_engine, migrate
from lingqu_registry.store import queries
from lingqu_registry.store.among import listed

pytestmark = pytest.mark.integration

ASKED = [name for name in vars(queries) if name.endswith("_AMONG") and name[0] != "_"]
VALUES = {"names": listed(["a"]), "contexts": listed(["."])}


def plan_of(connection: Connection, query: Select[Any]) -> str:
    compiled = query.compile(connection)
    given: Any = compiled.params | VALUES
    if connection.dialect.name == "sqlite":
        given = tuple(given[each] for each in compiled.positiontup or ())
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given)
    else:
        connection.exec_driver_sql("SET enable_seqscan = off")  # small tables are read whole
        rows = connection.exec_driver_sql(f"EXPLAIN {compiled}", given)
    return "\n".join(map(str, rows))


def test_no_table_is_read_as_a_whole(database_url: str) -> None:
    engine = make_engine(database_url)
    migrate(engine, "lingqu_registry.migrations")

    assert ASKED
    with engine.connect() as connection:
        for name in ASKED:
            plan = plan_of(connection, getattr(queries, name))
            assert re.search(r"Index|USING .*INDEX", plan), (name, plan)
            assert not re.search(r"Seq Scan on registry|SCAN registry", plan), (name, plan)
    engine.dispose()

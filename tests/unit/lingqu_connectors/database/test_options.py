"""Options of the databases: above all, no password."""

from __future__ import annotations

from typing import Any

import pytest

from lingqu.connect.plugins import parse_options
from lingqu.errors import ContractError
from lingqu_connectors.database.address import parse_address, spoken
from lingqu_connectors.database.options import DatabaseSinkOptions

SQLITE = "sqlite:////srv/exchange.sqlite"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://u:geheim@db/x", "holds a password.*name it in password_secret"),
        ("postgresql://u@db/x?password=geheim", "option 'password'; there may be host"),
        ("postgresql://u@db/x?service=geheim", "option 'service'"),
        ("postgresql://u@db", "names no database"),
        ("mysql://u@db/x", "no database of kind 'mysql'.*sqlite:////absolute/path"),
        ("postgres://u@db/x", "no database of kind 'postgres'"),
        ("geheim", "not well formed; write postgresql://"),
        ("postgresql://u@db:geheim/x", "not well formed"),
        ("sqlite:///relative.sqlite", "needs an absolute path"),
        ("sqlite://", "needs an absolute path"),
        ("sqlite:////srv/x.sqlite?mode=ro", "takes no options"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_being_quoted(
    url: str, sentence: str
) -> None:
    with pytest.raises(ContractError, match=f"option 'url'.*{sentence}") as refused:
        parse_options("database-sink", {"url": url, "table": "reading"})
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://u@db.example:5433/prov", "database 'prov' at db.example:5433"),
        ("postgresql+psycopg://u@/prov?host=/run/pg", "database 'prov' at /run/pg"),
        ("postgresql://u@/prov", "database 'prov' at localhost"),
        (SQLITE, "database /srv/exchange.sqlite"),
    ],
)
def test_a_database_is_called_by_where_it_is_and_not_by_who_logs_in(url: str, name: str) -> None:
    assert spoken(parse_address(url)) == name


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "option 'table': Field required"),
        ({"table": 'x"; DROP TABLE y'}, "option 'table'"),
        ({"table": "a.b.c"}, "option 'table'"),
        ({"table": ""}, "option 'table'"),
        ({"table": "t", "mode": "append", "key": ["a"]}, "leave out key and withdrawn"),
        ({"table": "t", "mode": "append", "withdrawn": "delete"}, "or choose mode upsert"),
        ({"table": "t", "mode": "replace"}, "'upsert' or 'append'"),
        ({"table": "t", "max_events": 0}, "option 'max_events'"),
        ({"table": "t", "timeout_s": 0}, "option 'timeout_s'"),
    ],
)
def test_a_wrong_option_is_named_with_its_cure(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ContractError, match=sentence):
        parse_options("database-sink", {"url": SQLITE, **options})


@pytest.mark.parametrize(
    ("table", "schema", "name"),
    [("读数", None, "读数"), ("exchange.读数 2026", "exchange", "读数 2026")],
)
def test_a_table_may_name_its_schema(table: str, schema: str | None, name: str) -> None:
    options = DatabaseSinkOptions(url=SQLITE, table=table)
    assert (options.schema_name, options.table_name) == (schema, name)

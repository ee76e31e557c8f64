"""Many rows into one table by one statement, on either kind of database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Table


def put_rows(
    connection: Connection,
    table: Any,
    rows: Sequence[Mapping[str, Any]],
    *,
    replacing: str | None = None,
) -> None:
    """Insert the rows of a mapped table; one of the same `replacing` column is replaced.

    PostgreSQL gets them as one JSON text: a round trip for all. Names come from the code.
    """
    if not rows:
        return
    columns: Table = table.__table__
    names = [column.name for column in columns.columns]
    is_postgresql = connection.dialect.name == "postgresql"
    source = _recordset(connection, columns) if is_postgresql else _marks(len(names))
    statement = f"INSERT INTO {columns.name} ({', '.join(names)}) {source}"
    if replacing is not None:
        new = ", ".join(f"{name} = excluded.{name}" for name in names if name != replacing)
        statement += f" ON CONFLICT ({replacing}) DO UPDATE SET {new}"
    if is_postgresql:
        connection.exec_driver_sql(statement, (orjson.dumps(rows).decode(),))
    else:
        connection.exec_driver_sql(statement, [tuple(row[name] for name in names) for row in rows])


def _recordset(connection: Connection, table: Table) -> str:
    kinds = {
        column.name: column.type.dialect_impl(connection.dialect)
        .compile(connection.dialect)
        .split(" COLLATE")[0]
        for column in table.columns
    }
    columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    return f"SELECT {', '.join(kinds)} FROM json_to_recordset(%s::json) AS row({columns})"  # noqa: S608


def _marks(count: int) -> str:
    return f"VALUES ({', '.join('?' * count)})"

"""Many rows into one table, as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Rows = Iterable[Sequence[Any]]


def insert_many(session: Session, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert the rows, their values in the order of the columns, in the caller's transaction.

    PostgreSQL takes them by COPY, in its own binary format; rows that are made as they are asked
    for are then made while it stores those before.
    """
    if not rows:
        return
    connection = session.connection()
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        types = [table.c[name].type.compile(connection.dialect).lower() for name in columns]
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)", types, rows)
        return
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608
    connection.exec_driver_sql(statement, [tuple(row) for row in rows])


def _copy(connection: Connection, statement: str, types: Sequence[str], rows: Rows) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            write = copy.write_row
            for row in rows:
                write(row)
    except psycopg.Error as error:  # past SQLAlchemy, which would have wrapped it
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error

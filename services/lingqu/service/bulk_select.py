"""Many rows out of PostgreSQL, as cheaply as its driver gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def select_many(
    connection: Connection, statement: LiteralString, parameters: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Return the rows of a statement of the driver's form, in the caller's transaction.

    PostgreSQL sends them in its binary format: bytes come as they are stored instead of as twice as
    many hexadecimal digits, which both sides would have to work on.
    """
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor(binary=True) as cursor:
            found: list[tuple[Any, ...]] = cursor.execute(statement, parameters).fetchall()
            return found
    except psycopg.Error as error:  # past SQLAlchemy, which would have wrapped it
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error

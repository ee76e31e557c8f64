"""A database that does not answer or cannot write, told from a statement that is wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from lingqu.errors import UnavailableError

# Extended result codes carry the primary one in their low byte.
_SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: "another process holds its write lock; try again",
    sqlite3.SQLITE_LOCKED: "another transaction holds a table; try again",
    sqlite3.SQLITE_READONLY: "the file is read-only; check who owns it",
    sqlite3.SQLITE_IOERR: "the disk does not read or write; check it",
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; check that its folder exists",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database; restore it or move it away",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore it from a backup",
}


class DatabaseUnavailableError(UnavailableError):
    """The service's own database does not answer or cannot write now; nothing was written."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"the database is unavailable: {cause}", retry_after_s=5)


def database_error(error: SQLAlchemyError) -> DatabaseUnavailableError | None:
    """Return what to tell the caller, or None where the statement itself is at fault."""
    if isinstance(error, PoolTimeoutError):
        return DatabaseUnavailableError("all its connections are in use; try again")
    if not isinstance(error, DBAPIError):
        return None
    cause = _sqlite_cause(error.orig) or _postgresql_cause(error.orig)
    if cause is None and error.connection_invalidated:
        cause = "the connection was lost; try again"
    return DatabaseUnavailableError(cause) if cause else None


@contextmanager
def database_errors() -> Iterator[None]:
    """Raise DatabaseUnavailableError, outside of HTTP, for what a retry may cure."""
    try:
        yield
    except SQLAlchemyError as error:
        unavailable = database_error(error)
        if unavailable is None:
            raise
        raise unavailable from error


def _sqlite_cause(error: BaseException | None) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else _SQLITE_UNAVAILABLE.get(code & 0xFF)


def _postgresql_cause(error: BaseException | None) -> str | None:
    """Name the cause by its SQLSTATE; the server's own words may quote values."""
    if isinstance(error, psycopg.errors.DiskFull):
        return "the disk of the PostgreSQL server is full; free some space"
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return "the PostgreSQL server takes no writes; is it a standby?"
    if not isinstance(error, psycopg.OperationalError):
        return None
    if error.sqlstate is None:
        return "no PostgreSQL server answers at its address; is it running?"
    return f"PostgreSQL answered {error.sqlstate} ({type(error).__name__}); try again"

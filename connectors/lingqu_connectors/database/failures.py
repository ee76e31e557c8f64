"""What a database refuses, in words: whose fault it is, and whether another try may help.

The server's own words stay out, since they quote values; a code and a constraint's name do not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lingqu.errors import LingquError, PermanentError, Reason, RetriableError, UnavailableError

Kind = type[LingquError]

# By SQLSTATE, or by its first two characters, the class.
_POSTGRESQL: Mapping[str, tuple[Kind, str]] = {
    "08": (UnavailableError, "the connection was lost; is it up and reachable?"),
    "25006": (RetriableError, "it takes no writes now; is it a standby?"),
    "25P03": (RetriableError, "the transaction stood idle for too long and was ended"),
    "28": (PermanentError, "the login is refused; check the url's user and the secret it names"),
    "3D000": (PermanentError, "there is no such database; create it, or correct the url"),
    "3F000": (PermanentError, "there is no such schema; create it, or correct the table's name"),
    "40": (RetriableError, "the transaction had to give way to another one"),
    "42501": (
        PermanentError,
        "the user lacks a permission; the README of this connector says which ones it needs",
    ),
    "53": (RetriableError, "it is short of memory, connections or another resource"),
    "53100": (RetriableError, "its disk is full; free space there, the same is tried again"),
    "53300": (RetriableError, "it has no connection to spare; raise max_connections"),
    "55P03": (RetriableError, "another session holds the lane's row or the table locked"),
    "57": (RetriableError, "it is shutting down or starting up"),
    "57014": (RetriableError, "a statement took longer than the option timeout_s allows"),
    "58": (RetriableError, "its disk does not read or write; check it"),
}

# Extended result codes carry the primary one in their low byte.
_SQLITE: Mapping[int, tuple[Kind, str]] = {
    sqlite3.SQLITE_BUSY: (RetriableError, "another process holds its write lock"),
    sqlite3.SQLITE_LOCKED: (RetriableError, "another transaction holds the table"),
    sqlite3.SQLITE_READONLY: (RetriableError, "the file is read-only; let the worker's user write"),
    sqlite3.SQLITE_IOERR: (RetriableError, "the disk does not read or write; check it"),
    sqlite3.SQLITE_FULL: (RetriableError, "the disk is full; free space there"),
    sqlite3.SQLITE_CANTOPEN: (UnavailableError, "the file cannot be opened; is its folder there?"),
    sqlite3.SQLITE_NOTADB: (PermanentError, "the file is no SQLite database; move it away"),
    sqlite3.SQLITE_CORRUPT: (PermanentError, "the file is damaged; restore it from a backup"),
}

# Data, integrity, and a key too long for an index: this row's fault, and not the next one's.
_ROW_CLASSES = {"22", "23", "54"}
_ROW_CODES = {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG}

# What a server says before a session begins has no SQLSTATE here, only words.
_NO_LOGIN = ("authentication failed", "does not exist", "no pg_hba.conf entry", "not permitted")


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Raise every failure of the database as one of ours; `place` begins the sentence."""
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        raise failure(place, error) from error


def failure(place: str, error: Exception) -> LingquError:
    """Return our error for the driver's."""
    cause = _driver_error(error)
    if isinstance(cause, sqlite3.Error):
        found = _SQLITE.get(_sqlite_code(cause))
        code = getattr(cause, "sqlite_errorname", type(cause).__name__)
    elif isinstance(cause, psycopg.Error):
        found = _postgresql(cause)
        code = cause.sqlstate or type(cause).__name__
    else:
        found, code = None, type(cause).__name__
    if found is None:
        return PermanentError(f"{place}: it refuses the statement ({code})")
    kind, words = found
    return kind(f"{place}: {words} ({code})")


def row_fault(error: Exception) -> Reason | None:
    """Return why the row at hand is refused, or None where the failure is not about a row."""
    cause = _driver_error(error)
    if isinstance(cause, psycopg.Error) and (cause.sqlstate or "")[:2] in _ROW_CLASSES:
        named = cause.diag.constraint_name or cause.diag.column_name
        return _refused(cause.sqlstate or "", named)
    if isinstance(cause, sqlite3.Error) and _sqlite_code(cause) in _ROW_CODES:
        return _refused(str(getattr(cause, "sqlite_errorname", "")), None)
    return None


def _refused(code: str, named: str | None) -> Reason:
    by = f" by {named!r}" if named else ""
    return Reason("rejected", f"the partner's table refuses the row{by} ({code})", rule=named)


def _driver_error(error: Exception) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def _sqlite_code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _postgresql(error: psycopg.Error) -> tuple[Kind, str] | None:
    state = error.sqlstate
    if state is not None:
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    if not isinstance(error, psycopg.OperationalError):
        return None
    words = " ".join(str(error).split("FATAL:")[-1].split())
    refused = any(each in words for each in _NO_LOGIN)
    return (PermanentError if refused else UnavailableError), f"no session begins: {words}"

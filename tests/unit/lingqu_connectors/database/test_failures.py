"""What a driver raises, in our errors and words; values of rows stay out of them."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from lingqu.errors import LingquError, PermanentError, RetriableError, UnavailableError
from lingqu_connectors.database.failures import explained, failure, row_fault

PLACE = "database 'x' at db"


@pytest.mark.parametrize(
    ("raised", "kind", "sentence"),
    [
        (psycopg.errors.DiskFull("x"), RetriableError, "its disk is full.*53100"),
        (psycopg.errors.TooManyConnections("x"), RetriableError, "max_connections"),
        (psycopg.errors.AdminShutdown("x"), RetriableError, "shutting down"),
        (psycopg.errors.DeadlockDetected("x"), RetriableError, "give way"),
        (psycopg.errors.LockNotAvailable("x"), RetriableError, "locked"),
        (psycopg.errors.QueryCanceled("x"), RetriableError, "timeout_s"),
        (psycopg.errors.ReadOnlySqlTransaction("x"), RetriableError, "a standby"),
        (psycopg.errors.InsufficientPrivilege("x"), PermanentError, "lacks a permission"),
        (psycopg.errors.InvalidCatalogName("x"), PermanentError, "no such database"),
        (psycopg.errors.InvalidSchemaName("x"), PermanentError, "no such schema"),
        (psycopg.errors.InvalidPassword("x"), PermanentError, "login is refused"),
        (psycopg.errors.UndefinedColumn("x"), PermanentError, "refuses the statement.*42703"),
        (psycopg.OperationalError("server closed"), UnavailableError, "server closed"),
        (
            psycopg.OperationalError('FATAL:  database "x" does not exist'),
            PermanentError,
            'no session begins: database "x" does not exist',
        ),
        (psycopg.ProgrammingError("x"), PermanentError, "ProgrammingError"),
    ],
)
def test_a_failure_says_where_what_and_whether_to_go_on(
    raised: psycopg.Error, kind: type[LingquError], sentence: str
) -> None:
    with pytest.raises(kind, match=f"database 'x' at db: .*{sentence}"), explained(PLACE):
        raise OperationalError("INSERT", {}, raised)


def test_a_broken_file_is_told_from_a_busy_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("db") / "x.sqlite"
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(sqlite3.DatabaseError) as raised:
        sqlite3.connect(file).execute("SELECT * FROM t")
    assert isinstance(failure(PLACE, OperationalError("", {}, raised.value)), PermanentError)


def test_only_what_a_row_is_at_fault_for_is_laid_to_it() -> None:
    assert row_fault(IntegrityError("", {}, psycopg.errors.CheckViolation("v"))) is not None
    assert row_fault(psycopg.errors.NumericValueOutOfRange("v")) is not None
    assert row_fault(psycopg.errors.ProgramLimitExceeded("v")) is not None
    assert row_fault(psycopg.errors.UndefinedTable("v")) is None
    assert row_fault(psycopg.errors.DiskFull("v")) is None


def test_no_word_of_the_server_that_may_quote_a_value_is_passed_on() -> None:
    raised = psycopg.errors.InvalidTextRepresentation('invalid input syntax: "geheim"')
    fault = row_fault(raised)
    assert fault is not None
    assert "geheim" not in fault.detail + str(failure(PLACE, raised))

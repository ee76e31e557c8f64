"""A lane's session: one connection, whose transactions are durable once they end."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from lingqu_connectors.database.address import spoken
from lingqu_connectors.database.failures import explained
from lingqu_connectors.database.options import DatabaseOptions
from lingqu_connectors.database.reach import Permit, keep_to

# A frozen owner holds rows locked: the server ends it, after as long as Kafka does a transaction.
_IDLE_MS = 15_000
_LOCK_MS = 20_000

# A host that is gone without a word is noticed after half a minute.
_NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "client_encoding": "utf8",
}


class Session:
    """Opened by the first transaction, closed by `close`; all failures come in our words."""

    def __init__(
        self,
        options: DatabaseOptions,
        secret: Callable[[str], str],
        name: str,
        permit: Permit,
        *,
        read_only: bool = False,
    ) -> None:
        self.place = spoken(options.address)
        password = secret(options.password_secret) if options.password_secret else None
        self._engine = _engine(options, password, name, permit, read_only=read_only)
        self._timeout_s = options.timeout_s
        self._connection: Connection | None = None

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    @property
    def backend(self) -> str:
        return self.dialect.name

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commit at the end of the block, or roll back where it raises."""
        with explained(self.place):
            connection = self._connection = self._connection or self._connect()
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let the connection go, whatever state it is in."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError, psycopg.Error, sqlite3.Error):
                connection.close()
        self._engine.dispose()

    def _connect(self) -> Connection:
        connection = self._engine.connect()
        if self.backend == "postgresql":
            limits = {
                "statement_timeout": self._timeout_s * 1_000,
                "lock_timeout": min(_LOCK_MS, self._timeout_s * 900),  # speaks first
                "idle_in_transaction_session_timeout": _IDLE_MS,
            }
            with connection.begin():
                for name, milliseconds in limits.items():
                    connection.exec_driver_sql(f"SET {name} = {milliseconds}")
                connection.exec_driver_sql("SET TIME ZONE 'UTC'")  # of instants written without one
        return connection


def _engine(
    options: DatabaseOptions, password: str | None, name: str, permit: Permit, *, read_only: bool
) -> Engine:
    address = options.address
    if address.get_backend_name() == "sqlite":
        return _sqlite(str(address.database), read_only=read_only)
    engine = create_engine(
        address if password is None else address.set(password=password),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={**_NETWORK, "application_name": name},
    )
    keep_to(engine, permit)
    return engine.execution_options(postgresql_readonly=True) if read_only else engine


def _sqlite(path: str, *, read_only: bool) -> Engine:
    """Return the engine of a file; one that is only read is never made."""
    place = f"file:{quote(path)}?mode={'ro' if read_only else 'rwc'}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            place, uri=True, timeout=_LOCK_MS / 1_000, check_same_thread=False, isolation_level=None
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", _make_durable)
    event.listen(engine, "begin", _begin_reading if read_only else _begin_writing)
    return engine


def _make_durable(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = FULL")


def _begin_writing(connection: Connection) -> None:
    """Take the write lock first: a transaction never fails half way for want of it."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")

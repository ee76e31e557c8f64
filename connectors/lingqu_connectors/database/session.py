"""A lane's session: one connection, whose transactions are durable once they end."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from lingqu_connectors.database.address import spoken
from lingqu_connectors.database.failures import explained
from lingqu_connectors.database.options import DatabaseOptions

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

    def __init__(self, options: DatabaseOptions, password: str | None, name: str) -> None:
        self.place = spoken(options.address)
        self._engine = _engine(options, password, name)
        self._timeout_s = options.timeout_s
        self._connection: Connection | None = None

    @property
    def backend(self) -> str:
        return self._engine.dialect.name

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
        return connection


def _engine(options: DatabaseOptions, password: str | None, name: str) -> Engine:
    address = options.address
    if address.get_backend_name() == "postgresql":
        network = {**_NETWORK, "application_name": name}
        return create_engine(
            address if password is None else address.set(password=password),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=network,
        )
    engine = create_engine(
        address,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": _LOCK_MS / 1_000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours to send
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock first: a transaction never fails half way for want of it."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")

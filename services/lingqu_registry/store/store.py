"""The registry's transactions; what a write answers with is durable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, update

from lingqu.clock import Clock
from lingqu.service.sqlite import READ_ONLY
from lingqu_registry.store.model import ChangeRow
from lingqu_registry.store.reads import Reads

_RAISED = update(ChangeRow).values(writes=ChangeRow.writes + 1).returning(ChangeRow.writes)


@dataclass(frozen=True, slots=True)
class Writing:
    """The one write transaction there is at a time, of all processes on this database.

    `number` is this write's in their common order, `now_ms` its time.
    """

    connection: Connection
    reads: Reads
    number: int
    now_ms: int

    def note_removal(self) -> None:
        """Say that what an id or GUID answered with may be gone."""
        self.connection.execute(update(ChangeRow).values(removals=ChangeRow.removals + 1))


class Turns:
    """One connection for many transactions in turn; belongs to one thread."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._to_read: dict[str, Any] = {READ_ONLY: True}
        self._to_write: dict[str, Any] = {READ_ONLY: False}
        if connection.dialect.name == "postgresql":
            self._to_read["isolation_level"] = "AUTOCOMMIT"
            self._to_write["isolation_level"] = "READ COMMITTED"

    @contextmanager
    def reading(self) -> Iterator[Reads]:
        """Read; on PostgreSQL a later query may see what was committed after an earlier one."""
        self._connection.execution_options(**self._to_read)
        with self._connection.begin():
            yield Reads(self._connection)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Open the one write transaction; it commits at the end, or rolls back on an error."""
        self._connection.execution_options(**self._to_write)
        with self._connection.begin():
            number = self._connection.execute(_RAISED).scalar_one()
            now_ms = int(self._clock.now().timestamp() * 1000)
            yield Writing(self._connection, Reads(self._connection), number, now_ms)


class Store:
    """Hands out transactions."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._readers = engine.execution_options(**{READ_ONLY: True}, postgresql_readonly=True)
        if engine.dialect.name == "postgresql":  # SQLite's readers see one state anyway
            self._readers = self._readers.execution_options(isolation_level="REPEATABLE READ")
        self._clock = clock

    @contextmanager
    def reading(self) -> Iterator[Reads]:
        """Open a transaction that sees the database as it is at its first read."""
        with self._readers.connect() as connection:
            yield Reads(connection)

    @contextmanager
    def turns(self) -> Iterator[Turns]:
        """Hold a connection for as long as there is something to do in turn."""
        with self._engine.connect() as connection:
            yield Turns(connection, self._clock)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Open the one write transaction; it commits at the end, or rolls back on an error."""
        with self.turns() as turns, turns.writing() as writing:
            yield writing

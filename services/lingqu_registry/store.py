"""The registry's transactions; what a write answers with is durable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, update

from lingqu.clock import Clock
from lingqu.service.sqlite import READ_ONLY
from lingqu_registry.model import ChangeRow
from lingqu_registry.reads import Reads


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


class Store:
    """Hands out transactions."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._writers = engine
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
    def writing(self) -> Iterator[Writing]:
        """Open the one write transaction; it commits at the end, or rolls back on an error."""
        raised = update(ChangeRow).values(writes=ChangeRow.writes + 1).returning(ChangeRow.writes)
        with self._writers.begin() as connection:
            number = connection.execute(raised).scalar_one()
            now_ms = int(self._clock.now().timestamp() * 1000)
            yield Writing(connection, Reads(connection), number, now_ms)

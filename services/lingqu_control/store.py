"""Control's database: one writer at a time, so that what is published keeps their order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from lingqu.service.database import database_errors, session_factory


class Store:
    """Sessions of control's database, each a transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = session_factory(engine)
        self._reading = session_factory(engine, read_only=True)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Commit at the end, roll back on an error; others who write wait."""
        with database_errors(), self._writing.begin() as session:
            if self._engine.dialect.name == "postgresql":
                lock = "SELECT pg_advisory_xact_lock(hashtext('lingqu.control.write'))"
                session.execute(text(lock))
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with database_errors(), self._reading.begin() as session:
            yield session

    def check(self) -> None:
        """Raise DatabaseUnavailableError when the database does not answer."""
        with self.reading() as session:
            session.execute(select(1))

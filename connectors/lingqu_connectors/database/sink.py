"""Delivers a lane into a partner's table."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import text

from lingqu.connect.api import (
    Batching,
    Delivered,
    Options,
    ProgressRecord,
    SinkContext,
    SinkTask,
    Verdict,
)
from lingqu.connect.batch import Batch
from lingqu.errors import PermanentError, Reason
from lingqu_connectors.database.columns import Rows
from lingqu_connectors.database.options import DatabaseSinkOptions
from lingqu_connectors.database.postgresql import PostgresqlLoader
from lingqu_connectors.database.progress import LaneProgress
from lingqu_connectors.database.session import Session
from lingqu_connectors.database.sqlite import SqliteLoader
from lingqu_connectors.database.table import plan, settle
from lingqu_connectors.database.writing import Loader, Writing

_LOADERS: dict[str, type[Loader]] = {"postgresql": PostgresqlLoader, "sqlite": SqliteLoader}

# Lanes that start together make the same tables: one after the other, by this lock's number.
_LOCK = text("SELECT pg_advisory_xact_lock(7017214)")


class DatabaseSinkTask(SinkTask):
    """Guarantee: exactly once, in order per key; a newer row is never overwritten by an older one.

    Rows and progress are one transaction in the partner's database, which begins by claiming the
    lane's progress: whoever is not the last to have claimed it writes nothing. What the table
    itself refuses is rejected row by row, and the others go in.
    """

    options_model: ClassVar[type[Options]] = DatabaseSinkOptions
    keeps_progress = "target"

    _session: Session | None = None

    @classmethod
    def batching(cls, options: Any) -> Batching:
        return Batching(options.max_events)

    def start(self, context: SinkContext) -> bytes | None:
        options: DatabaseSinkOptions = context.options
        self._context = context
        name = f"lingqu {context.feed} {context.partition}"
        self._session = Session(options, context.secret, name, context.permit)
        self._target = plan(context, self._session.backend)
        self._loader = _LOADERS[self._session.backend](self._target, context)
        self._progress = LaneProgress(context, options.schema_name)
        self._prepare(self._session)
        with self._session.transaction() as connection:
            return self._progress.claim(connection)

    def put(self, batch: Batch, progress: ProgressRecord) -> Delivered:
        if batch.schema != self._context.schema:
            raise PermanentError(f"{self._target.place}: a batch of another view; start anew")
        assert self._session is not None, "start comes first"  # noqa: S101 - a programming error
        rows = Rows.of(batch, self._target.columns) if len(batch) else None
        last = batch.last_sequence if len(batch) else None
        with self._session.transaction() as connection:
            self._progress.advance(connection, progress.value, last)
            if rows is not None:
                self._loader.begin()
                refused = Writing(self._loader, connection).write(rows)
                self._reject(batch, refused)
            self._context.check()
        return Delivered()

    def stop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _prepare(self, session: Session) -> None:
        options: DatabaseSinkOptions = self._context.options
        with session.transaction() as connection:
            if session.backend == "postgresql":
                connection.execute(_LOCK)
            begun = self._progress.prepare(connection)
            settle(connection, self._target, create=options.create_table, begun=begun)
            self._loader.prepare(connection)

    def _reject(self, batch: Batch, refused: dict[int, Reason]) -> None:
        if refused:
            verdicts = [Verdict(place, "rejected", why) for place, why in sorted(refused.items())]
            self._context.reject(batch, verdicts)

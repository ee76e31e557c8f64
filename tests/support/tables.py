"""A partner's table, delivered to and read as its owner would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool
from tests.support.builders import event, schema

from lingqu.connect.batch import Batch
from lingqu.connect.samples import Lane, batch_of
from lingqu_connectors.database.options import DatabaseSinkOptions
from lingqu_connectors.database.sink import DatabaseSinkTask

SCHEMA = schema()


@contextmanager
def partner(url: str) -> Iterator[Connection]:
    """Yield a connection of the partner's own; what is done in it is committed at the end."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def ask(url: str, question: str) -> list[dict[str, Any]]:
    """Return the answer's rows."""
    with partner(url) as connection:
        return [dict(row) for row in connection.execute(text(question)).mappings()]


def tell(url: str, *statements: str) -> None:
    with partner(url) as connection:
        for statement in statements:
            connection.execute(text(statement))


def reading_batch(lane: Lane, rows: Sequence[Mapping[str, Any]], first: int = 1) -> Batch:
    """Return events of `demo.reading`, each with what is said of it, as the hub hands them over."""
    events = [event(**row) for row in rows]
    keys = [each["station"].encode() for each in events]
    return batch_of(lane, SCHEMA, events, range(first, first + len(events)), keys)


@contextmanager
def delivering(
    lane: Lane, url: str, table: str = "reading", view: str = SCHEMA, **options: Any
) -> Iterator[DatabaseSinkTask]:
    """Yield a started task, and stop it at the end."""
    task = DatabaseSinkTask()
    try:
        wanted = DatabaseSinkOptions.model_validate({"url": url, "table": table, **options})
        task.start(lane.context(wanted, view))
        yield task
    finally:
        task.stop()


def put(task: DatabaseSinkTask, lane: Lane, batch: Batch) -> None:
    task.put(batch, lane.progress(batch))

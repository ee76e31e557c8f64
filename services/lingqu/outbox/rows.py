"""The relay's side of the outbox's tables."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Engine,
    any_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from lingqu.outbox.model import OUTBOX_BUNDLE, OUTBOX_GENERATION
from lingqu.outbox.packing import Record, unpack
from lingqu.service.bulk_select import select_many
from lingqu.service.database import database_errors, session_factory

MAX_EVENTS = 5_000
MAX_BYTES = 8 * 1_048_576
_FIRST: Final = (
    "SELECT id, topic, events, digest, body FROM ("
    " SELECT id, topic, events, digest, body,"
    " sum(events) OVER earlier AS events_before, sum(length(body)) OVER earlier AS octets_before"
    " FROM outbox_bundle WINDOW earlier AS"
    " (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) ORDER BY id LIMIT %s"
    ") AS bundles WHERE coalesce(events_before, 0) < %s AND coalesce(octets_before, 0) < %s"
    " ORDER BY id"
)


class Bundle(NamedTuple):
    """A row: events of one topic that wait to be published."""

    id: int
    topic: str
    events: int
    digest: str
    body: bytes

    def records(self) -> Iterator[Record]:
        """Yield key and payload of each event, in order."""
        return unpack(self.body, self.events)


class Pending(NamedTuple):
    """How many events wait, and the ids of the first and the last of their rows."""

    events: int
    first_id: int
    last_id: int


class Rows:
    """Reads rows in the order they were appended, and deletes what is published."""

    def __init__(self, engine: Engine) -> None:
        self._postgres = engine.dialect.name == "postgresql"
        self._reading = session_factory(engine, read_only=True)
        self._writing = session_factory(engine)

    def generation(self) -> str:
        """Return the id of this incarnation of the table, made on first use."""
        with database_errors(), self._writing.begin() as session:
            found = session.scalar(select(OUTBOX_GENERATION.c.generation))
            if found is None:
                found = str(uuid.uuid4())
                session.execute(insert(OUTBOX_GENERATION).values(id=1, generation=found))
            return found

    def batch(self, published: Sequence[int] = ()) -> list[Bundle]:
        """Return the first rows, bounded in events and bytes.

        Rows that are published are deleted before, in the same transaction.
        """
        if not published:
            with database_errors(), self._reading() as session:
                return _first(session)
        with database_errors(), self._writing.begin() as session:
            session.execute(delete(OUTBOX_BUNDLE).where(self._among(published)))
            return _first(session)

    def digest_of(self, ids: Sequence[int]) -> str:
        """Return the digest of those of the rows that are still there."""
        columns = select(OUTBOX_BUNDLE.c.id, OUTBOX_BUNDLE.c.digest)
        statement = columns.where(self._among(ids)).order_by(OUTBOX_BUNDLE.c.id)
        with database_errors(), self._reading() as session:
            return digest([(row.id, row.digest) for row in session.execute(statement)])

    def forget(self, ids: Sequence[int]) -> None:
        """Delete rows that are published."""
        with database_errors(), self._writing.begin() as session:
            session.execute(delete(OUTBOX_BUNDLE).where(self._among(ids)))

    def pending(self, after: int = 0) -> Pending:
        """Count what waits behind a row."""
        table = OUTBOX_BUNDLE.c
        counts = func.sum(table.events), func.min(table.id), func.max(table.id)
        asked = select(*counts).where(table.id > after)
        with database_errors(), self._reading() as session:
            events, first, last = session.execute(asked).one()
            return Pending(events or 0, first or 0, last or 0)

    def _among(self, ids: Sequence[int]) -> ColumnElement[bool]:
        """Return the condition that a row has one of the ids, sent as one array where it can be.

        Thousands of single parameters take longer to send than the rows take to delete.
        """
        if not self._postgres:
            return OUTBOX_BUNDLE.c.id.in_(ids)
        array = ARRAY(BigInteger)
        return OUTBOX_BUNDLE.c.id == any_(cast(bindparam(None, list(ids), array), array))


def _first(session: Session) -> list[Bundle]:
    """Return the first rows, past SQLAlchemy where PostgreSQL then sends them in binary.

    One statement bounds them: no cursor is opened, which takes three more answers of a database.
    """
    connection = session.connection()
    bounds = (MAX_EVENTS, MAX_EVENTS, MAX_BYTES)  # a row holds one event or more
    if connection.dialect.name == "postgresql":
        return [Bundle._make(row) for row in select_many(connection, _FIRST, bounds)]
    rows = connection.exec_driver_sql(_FIRST.replace("%s", "?"), bounds)
    return [Bundle._make(row) for row in rows]


def digest(pairs: Sequence[tuple[int, str]]) -> str:
    """Return what tells rows of one content from others that happen to have the same ids."""
    lines = "".join(f"{row_id} {told}\n" for row_id, told in pairs)
    return hashlib.sha256(lines.encode()).hexdigest()[:32]

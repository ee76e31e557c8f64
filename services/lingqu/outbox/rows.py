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

from lingqu.outbox.model import OUTBOX_GENERATION, OUTBOX_ROW
from lingqu.service.bulk_select import select_many
from lingqu.service.database import database_errors, session_factory

MAX_ROWS = 5_000
MAX_BYTES = 8 * 1_048_576
_FETCH = 500
_AFTER: Final = (
    "SELECT id, topic, event_id, key, payload FROM outbox_row WHERE id > %s ORDER BY id LIMIT %s"
)


class Row(NamedTuple):
    """One event that waits to be published."""

    id: int
    topic: str
    event_id: str
    key: str
    payload: bytes


class Pending(NamedTuple):
    """How many rows wait, and the ids of the first and the last of them."""

    rows: int
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

    def batch(self, published: Sequence[int] = ()) -> list[Row]:
        """Return the first rows, bounded in number and bytes.

        Rows that are published are deleted before, in the same transaction.
        """
        if not published:
            with database_errors(), self._reading() as session:
                return _first(session)
        with database_errors(), self._writing.begin() as session:
            session.execute(delete(OUTBOX_ROW).where(self._among(published)))
            return _first(session)

    def digest_of(self, ids: Sequence[int]) -> str:
        """Return the digest of those of the rows that are still there."""
        columns = select(OUTBOX_ROW.c.id, OUTBOX_ROW.c.event_id)
        statement = columns.where(self._among(ids)).order_by(OUTBOX_ROW.c.id)
        with database_errors(), self._reading() as session:
            return digest([(row.id, row.event_id) for row in session.execute(statement)])

    def forget(self, ids: Sequence[int]) -> None:
        """Delete rows that are published."""
        with database_errors(), self._writing.begin() as session:
            session.execute(delete(OUTBOX_ROW).where(self._among(ids)))

    def pending(self, after: int = 0) -> Pending:
        """Count what waits behind a row."""
        column = OUTBOX_ROW.c.id
        asked = select(func.count(), func.min(column), func.max(column)).where(column > after)
        with database_errors(), self._reading() as session:
            rows, first, last = session.execute(asked).one()
            return Pending(rows, first or 0, last or 0)

    def _among(self, ids: Sequence[int]) -> ColumnElement[bool]:
        """Return the condition that a row has one of the ids, sent as one array where it can be.

        Thousands of single parameters take longer to send than the rows take to delete.
        """
        if not self._postgres:
            return OUTBOX_ROW.c.id.in_(ids)
        array = ARRAY(BigInteger)
        return OUTBOX_ROW.c.id == any_(cast(bindparam(None, list(ids), array), array))


def _first(session: Session) -> list[Row]:
    """Return the first rows: few by one statement, many by several, for they may be large."""
    found: list[Row] = []
    size = 0
    for row in _in_order(session):
        found.append(row)
        size += len(row.payload)
        if size >= MAX_BYTES or len(found) == MAX_ROWS:
            break
    return found


def _in_order(session: Session) -> Iterator[Row]:
    """Yield rows; no cursor is opened in the database, which takes three more answers of it."""
    last, more = 0, True
    while more:
        rows = _after(session, last)
        yield from rows
        more = len(rows) == _FETCH
        last = rows[-1].id if more else last


def _after(session: Session, last: int) -> list[Row]:
    """Return the next rows, past SQLAlchemy where PostgreSQL then sends them in binary."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return [Row._make(record) for record in select_many(connection, _AFTER, (last, _FETCH))]
    after = select(OUTBOX_ROW).where(OUTBOX_ROW.c.id > last).order_by(OUTBOX_ROW.c.id)
    return [Row._make(record) for record in session.execute(after.limit(_FETCH))]


def digest(pairs: Sequence[tuple[int, str]]) -> str:
    """Return what tells rows of one content from others that happen to have the same ids."""
    lines = "".join(f"{row_id} {event_id}\n" for row_id, event_id in pairs)
    return hashlib.sha256(lines.encode()).hexdigest()[:32]

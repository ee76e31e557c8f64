"""Statements as they stand, made from what was said of them and kept beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Table, and_, delete, insert, select, tuple_
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu_medical.clearing.lifecycle import Step, stands
from lingqu_medical.clearing.statement import StatementKey
from lingqu_medical.tables import CLEARING, CLEARING_STEP

TOPIC = "medical.clearing.v1"
_PAGE = 1_000


def key_of(event: Document) -> StatementKey:
    return StatementKey(*(event[name] for name in StatementKey._fields))


def same_key(key: StatementKey, table: Table = CLEARING) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in key._asdict().items()))


def renew(session: Session, events: Sequence[Document]) -> None:
    """Let the statements that the events speak of stand as all that was said of them says."""
    for key in sorted({key_of(event) for event in events}):
        _renew(session, key)


def standing(session: Session, key: StatementKey) -> Document | None:
    """Return the event that generated the statement that stands, with `state` as it is now."""
    row = session.execute(select(CLEARING).where(same_key(key))).one_or_none()
    return None if row is None else _document(row)


def page(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    after: tuple[str | int, ...] | None,
    limit: int,
) -> list[Document]:
    """Return statements by their key, as `standing` does, from behind a place."""
    keys = [CLEARING.c[name] for name in StatementKey._fields]
    statement = select(CLEARING).where(*conditions)
    if after is not None:
        statement = statement.where(tuple_(*keys) > tuple_(*after))
    return [_document(row) for row in session.execute(statement.order_by(*keys).limit(limit))]


def every(session: Session, conditions: Sequence[ColumnElement[bool]]) -> Iterator[Document]:
    """Give all statements by their key, in bounded memory."""
    after: tuple[str | int, ...] | None = None
    while found := page(session, conditions, after, _PAGE):
        yield from found
        after = tuple(key_of(found[-1]))


def _renew(session: Session, key: StatementKey) -> None:
    columns = CLEARING_STEP.c
    told = select(columns.event_id, columns.version, columns.state, columns.refers_to)
    steps = [Step(*row) for row in session.execute(told.where(same_key(key, CLEARING_STEP)))]
    now = stands(steps)
    if now is None:  # what is said of it came before it
        return
    document = session.scalar(select(columns.document).where(columns.event_id == now.event_id))
    session.execute(delete(CLEARING).where(same_key(key)))
    row = {
        **key._asdict(),
        "version": now.version,
        "state": now.state,
        "amount_fen": orjson.loads(document or "{}")["amount_fen"],
        "event_id": now.event_id,
        "document": document,
    }
    session.execute(insert(CLEARING).values(row))


def _document(row: Row[Any]) -> Document:
    document: Document = orjson.loads(row.document)
    return document | {"state": row.state}

"""Statements as they stand, made from what was said of them and kept beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Table, and_, delete, insert, select, tuple_
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu.service import keys
from lingqu_medical.clearing.lifecycle import Stands, Step, stands
from lingqu_medical.clearing.statement import StatementKey, key_of
from lingqu_medical.lookup import documents_by
from lingqu_medical.tables import CLEARING, CLEARING_STEP

TOPIC = "medical.clearing.v1"
_PAGE = 1_000
_KEY = [CLEARING.c[name] for name in StatementKey._fields]


def same_key(key: StatementKey, table: Table = CLEARING) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in key._asdict().items()))


def renew(session: Session, events: Sequence[Document]) -> None:
    """Let the statements that the events speak of stand as all that was said of them says."""
    now = _stand(session, {key_of(event) for event in events})
    if not now:
        return
    relation = keys.keys_of(session, _KEY, [tuple(key) for key in now])
    session.execute(
        delete(CLEARING)
        .where(tuple_(*_KEY).in_(select(relation)))
        .execution_options(synchronize_session=False)
    )
    event_ids = [each.event_id for each in now.values()]
    generated = documents_by(session, CLEARING_STEP.c.event_id, event_ids)
    rows = [
        {
            **key._asdict(),
            "state": each.state,
            "amount_fen": generated[each.event_id]["amount_fen"],
            "document": orjson.dumps(generated[each.event_id]).decode(),
        }
        for key, each in now.items()
    ]
    session.execute(insert(CLEARING), rows)


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
    statement = select(CLEARING).where(*conditions)
    if after is not None:
        statement = statement.where(tuple_(*_KEY) > tuple_(*after))
    return [_document(row) for row in session.execute(statement.order_by(*_KEY).limit(limit))]


def every(session: Session, conditions: Sequence[ColumnElement[bool]]) -> Iterator[Document]:
    """Give all statements by their key, in bounded memory."""
    after: tuple[str | int, ...] | None = None
    while found := page(session, conditions, after, _PAGE):
        yield from found
        after = tuple(key_of(found[-1]))


def _stand(session: Session, wanted: Collection[StatementKey]) -> dict[StatementKey, Stands]:
    """Return how far those statements are; what is said of the rest came before them."""
    columns = CLEARING_STEP.c
    key = [columns[name] for name in StatementKey._fields]
    relation = keys.keys_of(session, key, [tuple(each) for each in wanted])
    told = select(*key, columns.event_id, columns.version, columns.state, columns.refers_to)
    steps: dict[StatementKey, list[Step]] = defaultdict(list)
    for row in session.execute(told.join(relation, keys.same_key(key, relation))):
        steps[StatementKey(*row[: len(key)])].append(Step(*row[len(key) :]))
    found = ((each, stands(said)) for each, said in steps.items())
    return {each: now for each, now in found if now is not None}


def _document(row: Row[Any]) -> Document:
    document: Document = orjson.loads(row.document)
    return document | {"state": row.state}

"""What stands under each key of a noun: looked up, kept and taken over from the topic."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import orjson
from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.inbox.handler import Received
from lingqu_water.declared.noun import Document, Key, Noun, content_digest

_KEYS_A_QUERY = 200


@dataclass(frozen=True, slots=True)
class Head:
    """The statement that stands under a key."""

    event_id: str
    occurred_at_ms: int
    origin: str
    change: str
    digest: bytes
    document: Document

    @classmethod
    def of(cls, event: Document) -> Self:
        return cls(
            event["event_id"],
            event["occurred_at"],
            event["origin"],
            event["change"],
            content_digest(event),
            event,
        )

    def says(self, statement: Mapping[str, Any]) -> bool:
        """Tell whether a new statement would tell nothing new."""
        return self.change != "withdrawal" and self.digest == content_digest(statement)


class Shelf:
    """The table of one noun. What stands is the statement made last, whatever came first.

    As a handler of the inbox it takes over what neighbours declare; what this hub published is
    known.
    """

    def __init__(self, noun: Noun) -> None:
        self._noun = noun
        self._columns = noun.table.c
        self._key = [self._columns[name] for name in noun.key]

    def heads(self, session: Session, keys: Iterable[Key]) -> dict[Key, Head]:
        """Return what stands under those keys."""
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Head] = {}
        for first in range(0, len(wanted), _KEYS_A_QUERY):
            part = wanted[first : first + _KEYS_A_QUERY]
            equal = (
                and_(*(column == value for column, value in zip(self._key, key, strict=True)))
                for key in part
            )
            for row in session.execute(select(self._noun.table).where(or_(*equal))):
                head = Head.of(orjson.loads(row.document))
                found[self._noun.key_of(head.document)] = head
        return found

    def keep(self, session: Session, events: Iterable[Document]) -> None:
        """Keep statements that stand now, in the caller's transaction."""
        rows = [self._noun.row(event) for event in events]
        dialect = session.get_bind().dialect.name
        insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        for row in rows:
            statement = insert(self._noun.table).values(row)
            session.execute(
                statement.on_conflict_do_update(index_elements=list(self._noun.key), set_=row)
            )

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        """Return those of the events that stand here already."""
        column = self._columns.event_id
        return set(session.scalars(select(column).where(column.in_(event_ids))))

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        """Keep each key's event that was stated last; of one moment, the greater id stands."""
        heads = self.heads(session, map(self._noun.key_of, events))
        newer: dict[Key, Document] = {}
        for event in events:
            key = self._noun.key_of(event)
            if key not in heads or _order(Head.of(event)) > _order(heads[key]):
                heads[key] = Head.of(event)
                newer[key] = dict(event)
        self.keep(session, newer.values())

    def page(
        self,
        session: Session,
        conditions: Iterable[ColumnElement[bool]],
        after: Key | None,
        limit: int,
    ) -> list[Document]:
        """Return so many of the documents that stand, by key, after that key."""
        statement = select(self._columns.document).where(
            self._columns.change != "withdrawal", *conditions
        )
        if after is not None:
            statement = statement.where(tuple_(*self._key) > tuple_(*after))
        rows = session.scalars(statement.order_by(*self._key).limit(limit))
        return [orjson.loads(document) for document in rows]


def _order(head: Head) -> tuple[int, str]:
    return head.occurred_at_ms, head.event_id

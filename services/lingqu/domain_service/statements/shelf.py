"""What stands under each key of a noun: looked up, kept and taken over from the topic."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

import orjson
from sqlalchemy import ColumnElement, delete, select, text, tuple_
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.follow import Follower
from lingqu.domain_service.statements.noun import Document, Key, Noun, content_digest
from lingqu.domain_service.statements.recent import RecentIds
from lingqu.inbox.handler import Received
from lingqu.service.bulk_insert import insert_many
from lingqu.service.keys import keys_of, same_key, texts_of

logger = logging.getLogger(__name__)

_OF_ENVELOPE = ("event_id", "occurred_at_ms", "origin", "change", "digest", "document")
_PAGE = 1_000


class Head(NamedTuple):
    """What is known of the statement that stands under a key, without what it says."""

    event_id: str
    occurred_at_ms: int
    origin: str
    change: str
    digest: bytes

    @classmethod
    def of(cls, event: Mapping[str, Any], digest: bytes) -> Self:
        told = event["event_id"], event["occurred_at"], event["origin"], event["change"]
        return cls(*told, digest)

    def says(self, digest: bytes) -> bool:
        """Tell whether a new statement of that content would tell nothing new."""
        return self.change != "withdrawal" and self.digest == digest

    def belongs_with(self, other: Head) -> bool:
        """Tell whether one region, or a part of it, made both: no other may change what it says."""
        return self.origin.startswith(other.origin) or other.origin.startswith(self.origin)

    def yields_to(self, other: Head) -> bool:
        """Tell whether the other was stated later; of one moment, the greater id stands."""
        return (self.occurred_at_ms, self.event_id) < (other.occurred_at_ms, other.event_id)


class Standing(NamedTuple):
    """An event that comes to stand, under its key, with the digest of what it says."""

    key: Key
    event: Document
    digest: bytes


class Shelf:
    """The table of one noun. What stands is the statement made last, whatever came first.

    As a handler of the inbox it takes over what other regions declare; what this hub published is
    known, the latest of it from memory (`stated`). `followers` are told of all that comes to stand.
    """

    def __init__(self, noun: Noun, followers: Sequence[Follower] = ()) -> None:
        self._noun = noun
        self._followers = tuple(followers)
        self.stated = RecentIds()
        self._columns = noun.table.c
        self._key = [self._columns[name] for name in noun.key]
        own = [column.name for column in noun.table.columns if column.name not in _OF_ENVELOPE]
        self._own = tuple(own)
        self._names = (*own, *_OF_ENVELOPE)

    def lock(self, session: Session) -> None:
        """Let writers wait for each other, so that each sees what really stands.

        Those of all nouns of a domain: a follower that declares another noun would else lock the
        two in one order and the next follower in the other.
        """
        if session.get_bind().dialect.name == "postgresql":  # on SQLite there is one writer
            lock = text("SELECT pg_advisory_xact_lock(hashtext(:name))")
            domain, _, _ = self._noun.topic.partition(".")
            session.execute(lock, {"name": f"lingqu.{domain}"})

    def heads(self, session: Session, keys: Iterable[Key]) -> dict[Key, Head]:
        """Return what stands under those keys."""
        wanted = set(keys)
        if not wanted:
            return {}
        relation = keys_of(session, self._key, wanted)
        told = [self._columns[name] for name in Head._fields]
        statement = select(*self._key, *told).join(relation, same_key(self._key, relation))
        width = len(self._key)
        return {
            tuple(row[:width]): Head._make((*row[width:-1], bytes(row[-1])))
            for row in session.execute(statement)
        }

    def keep(self, session: Session, standing: Sequence[Standing], known: Collection[Key]) -> None:
        """Let events stand, in order, in the caller's transaction, and tell the followers.

        `known` are the keys under which something stands already.
        """
        if not standing:
            return
        last = {each.key: each for each in standing}
        replaced = last.keys() & set(known)
        if replaced:
            relation = keys_of(session, self._key, replaced)
            session.execute(
                delete(self._noun.table)
                .where(tuple_(*self._key).in_(select(relation)))
                .execution_options(synchronize_session=False)
            )
        insert_many(session, self._noun.table, self._names, map(self._row, last.values()))
        events = [each.event for each in standing]
        for follower in self._followers:
            follower.follow(session, events)

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        """Return those of the events that stand here already, or were stated here."""
        recent = self.stated.among(event_ids)
        others = [event_id for event_id in event_ids if event_id not in recent]
        if not others:
            return recent
        column = self._columns.event_id
        wanted = texts_of(session, others)
        found = session.scalars(select(column).join(wanted, column == wanted.c.text))
        return recent.union(found)

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        """Keep each key's event that was stated last, of the region that stated the first.

        What another region states under that key is left out, and the log names it.
        """
        self.lock(session)
        known = self.heads(session, map(self._noun.key_of, events))
        heads = dict(known)
        newer: list[Standing] = []
        for event in events:
            key = self._noun.key_of(event)
            digest = content_digest(event)
            head = Head.of(event, digest)
            stands = heads.get(key)
            if stands is not None and not stands.belongs_with(head):
                said = {"event": head.event_id, "origin": head.origin, "stands": stands.event_id}
                logger.warning("another region's statement stands under its key", extra=said)
            elif stands is None or stands.yields_to(head):
                heads[key] = head
                newer.append(Standing(key, dict(event), digest))
        self.keep(session, newer, known)

    def document(self, session: Session, key: Key) -> Document | None:
        """Return what stands under the key, a withdrawal too; None where nothing does."""
        return self.documents(session, [key]).get(key)

    def documents(self, session: Session, keys: Iterable[Key]) -> dict[Key, Document]:
        """Return what stands under those keys, withdrawals too."""
        wanted = set(keys)
        if not wanted:
            return {}
        relation = keys_of(session, self._key, wanted)
        told = select(self._columns.document).join(relation, same_key(self._key, relation))
        documents: Iterable[Document] = map(orjson.loads, session.scalars(told))
        return {self._noun.key_of(each): each for each in documents}

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

    def all(
        self, session: Session, conditions: Iterable[ColumnElement[bool]] = ()
    ) -> Iterator[Document]:
        """Give all the documents that stand, by key, in bounded memory."""
        wanted, after = list(conditions), None
        while found := self.page(session, wanted, after, _PAGE):
            yield from found
            after = self._noun.key_of(found[-1])

    def _row(self, standing: Standing) -> tuple[object, ...]:
        _, event, digest = standing
        return (
            *map(event.get, self._own),
            event["event_id"],
            event["occurred_at"],
            event["origin"],
            event["change"],
            digest,
            orjson.dumps(event).decode(),
        )

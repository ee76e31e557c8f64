"""What was said of a matter by both sides, event by event, for good."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import InputError
from lingqu.inbox.handler import Received
from lingqu.instants import milliseconds
from lingqu.service.bulk_insert import insert_many
from lingqu.service.keys import texts_of

Noted = Callable[[Session, Sequence[Document]], None]


class Journal:
    """The events of a topic that nobody corrects: said by us, or arrived from the other side.

    `noted` is told of each event once, in the transaction that keeps it. As a handler of the inbox
    it keeps what others said; what this hub said is known.
    """

    def __init__(
        self, ground: Foundation, topic: str, table: Table, noted: Noted | None = None
    ) -> None:
        self._events = ground.events
        self._region = ground.settings.region
        self._environment = ground.settings.environment
        self._clock = ground.clock
        self._topic = topic
        self._table = table
        self._names = tuple(column.name for column in table.columns if column.name != "document")
        self._noted = noted

    def say(self, session: Session, fields: Mapping[str, Any]) -> Document:
        """Publish and keep an event with these fields. Raises InputError where it is refused."""
        (event,) = self.say_all(session, [fields])
        return event

    def say_all(self, session: Session, said: Sequence[Mapping[str, Any]]) -> list[Document]:
        """Publish and keep events, in order. Raises InputError with the contract's sentence."""
        now = self._clock.now()
        events: list[Document] = [
            {
                "event_id": uuid7(now),
                "occurred_at": milliseconds(now),
                "origin": self._region,
                "change": "first",
                "supersedes": None,
                "mode": "live",
                "environment": self._environment,
                "refers_to": None,
                **fields,
            }
            for fields in said
        ]
        admitted = self._events.admit(self._topic, events)
        for reason in admitted.refused.values():
            raise InputError(reason.detail)
        self._events.append_admitted(session, self._topic, admitted)
        self._keep(session, events)
        return events

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        """Return those of the events that are kept here already."""
        wanted, column = texts_of(session, event_ids), self._table.c.event_id
        return set(session.scalars(select(column).join(wanted, column == wanted.c.text)))

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        """Keep what the other side said."""
        fresh = {event["event_id"]: dict(event) for event in events}
        self._keep(session, list(fresh.values()))

    def find(self, session: Session, *conditions: ColumnElement[bool]) -> list[Document]:
        """Return the events that were said under these conditions, in the order of saying."""
        columns = self._table.c
        found = select(columns.document).where(*conditions)
        ordered = found.order_by(columns.occurred_at, columns.event_id)
        return [orjson.loads(document) for document in session.scalars(ordered)]

    def _keep(self, session: Session, events: Sequence[Document]) -> None:
        rows = [
            (*(event.get(name) for name in self._names), orjson.dumps(event).decode())
            for event in events
        ]
        insert_many(session, self._table, (*self._names, "document"), rows)
        if self._noted is not None:
            self._noted(session, events)

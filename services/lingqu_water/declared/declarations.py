"""Declaring: decided, kept and published in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.contracts.envelope import uuid7
from lingqu.errors import ConflictError, NotFoundError, Reason
from lingqu.outbox.events import Events
from lingqu.service.database import database_errors, session_factory
from lingqu_water.declared.noun import Document, Key, Noun
from lingqu_water.declared.shelf import Head, Shelf

Outcome = Literal["first", "repeat", "revision", "withdrawal"]


@dataclass(frozen=True, slots=True)
class Declared:
    """What each statement came to with the event that stands, or why none was taken."""

    outcomes: Sequence[tuple[Outcome, str]]
    refused: Mapping[int, Reason]


class Declarations:
    """Takes this hub's statements about one noun; may be shared by threads.

    All statements of a call are taken or none. A statement under a known key is a revision of what
    stands there, or a repeat where it says the same. `shelf` takes over what neighbours declare.
    """

    def __init__(
        self, engine: Engine, events: Events, noun: Noun, region: str, clock: Clock
    ) -> None:
        self._sessions = session_factory(engine)
        self._events = events
        self._noun = noun
        self.shelf = Shelf(noun)
        self._region = region
        self._clock = clock

    def declare(self, statements: Sequence[Document]) -> Declared:
        """Take statements without envelope, instants in milliseconds. Raises ConflictError."""
        with database_errors(), self._sessions.begin() as session:
            self._one_at_a_time(session)
            heads = self.shelf.heads(session, map(self._noun.key_of, statements))
            outcomes: list[tuple[Outcome, str]] = []
            events: dict[int, Document] = {}
            for place, statement in enumerate(statements):
                key = self._noun.key_of(statement)
                head = heads.get(key)
                if head is not None and head.says(statement):
                    outcomes.append(("repeat", head.event_id))
                    continue
                event = self._event(statement, head, "revision")
                heads[key] = Head.of(event)
                events[place] = event
                outcomes.append((event["change"], event["event_id"]))
            refused = self._publish(session, events)
        return Declared(() if refused else outcomes, refused)

    def withdraw(self, key: Key, reason: str) -> Declared:
        """Take a statement back. Raises NotFoundError where none stands, and ConflictError."""
        with database_errors(), self._sessions.begin() as session:
            self._one_at_a_time(session)
            head = self.shelf.heads(session, [key]).get(key)
            if head is None or head.change == "withdrawal":
                raise NotFoundError(f"no {self._noun.name} {key[0]!r} stands; nothing to withdraw")
            left = head.document | dict(self._noun.emptied)
            if "validity_reason" in left or "validity" in left:
                left["validity_reason"] = reason
            event = self._event(left, head, "withdrawal")
            refused = self._publish(session, {0: event})
        return Declared([("withdrawal", event["event_id"])], refused)

    def _event(self, statement: Document, head: Head | None, change: str) -> Document:
        if head is not None and head.origin != self._region:
            raise ConflictError(
                f"{self._noun.name} {self._noun.key_of(statement)[0]!r} was declared by region "
                f"{head.origin}; only that region can change it"
            )
        now = self._clock.now()
        now_ms = int(now.timestamp() * 1000)
        return statement | {
            "event_id": uuid7(now),
            "occurred_at": now_ms if head is None else max(now_ms, head.occurred_at_ms + 1),
            "origin": self._region,
            "change": "first" if head is None else change,
            "supersedes": None if head is None else head.event_id,
        }

    def _publish(self, session: Session, events: Mapping[int, Document]) -> dict[int, Reason]:
        admitted = self._events.admit(self._noun.topic, list(events.values()))
        places = list(events)
        if admitted.refused:
            return {places[row]: reason for row, reason in admitted.refused.items()}
        self._events.append_admitted(session, self._noun.topic, admitted)
        self.shelf.keep(session, events.values())
        return {}

    def _one_at_a_time(self, session: Session) -> None:
        """Let declarations wait for each other, so that each names what really stands."""
        if session.get_bind().dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(hashtext(:name))")
            session.execute(lock, {"name": f"lingqu.water.{self._noun.name}"})

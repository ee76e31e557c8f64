"""The records of one kind: stated by this hub's departments, revised by acts, taken over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from lingqu.clock import china_day
from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.declarations import Declarations, Declared, Taken
from lingqu.domain_service.statements.follow import Follower
from lingqu.domain_service.statements.noun import ENVELOPE, Document
from lingqu.errors import ConflictError, NotFoundError, PermanentError, Reason
from lingqu.instants import days, milliseconds
from lingqu.service.database import database_errors
from lingqu_credit.records.kinds import Kind, noun_of, repaired
from lingqu_credit.records.preparing import Preparing, Tables, no_longer_shared
from lingqu_credit.records.states import check_move
from lingqu_credit.records.tombstones import tombstoned


class UnknownRecordError(NotFoundError):
    """There is no record of that id."""

    def __init__(self, kind: Kind, record_id: str) -> None:
        super().__init__(
            f"there is no {kind.name} {record_id!r}, or it was repaired and nothing of it is kept;"
            f" GET /v1/records/{kind.name} lists those there are"
        )


class Records:
    """Takes statements about one kind of record; `shelf` is where all regions' ones stand."""

    def __init__(
        self, ground: Foundation, kind: Kind, tables: Tables, followers: Sequence[Follower] = ()
    ) -> None:
        version = ground.catalogue.contract(kind.contract).latest()
        region = ground.settings.region
        self.kind = kind
        self.noun = noun_of(kind, version)
        self.version = version
        self._declarations = Declarations.on(ground, self.noun, followers)
        self.shelf = self._declarations.shelf
        self._preparing = Preparing(kind, version, tables, region, ground.id_key)
        self._events = ground.events
        self._sessions = ground.writing
        self._clock = ground.clock
        self._region = region

    def id_of(self, statement: Document) -> str:
        """Return the id of the record that a statement speaks of."""
        return str(self._preparing.named(statement)["record_id"])

    def declare(self, statements: Sequence[Document]) -> Declared:
        """Take all statements of a call or none."""
        with database_errors(), self._sessions.begin() as session:
            taken = self.take(session, statements)
            if taken.refused:
                session.rollback()
                return Declared((), taken.refused)
        return Declared(list(zip(taken.outcomes, map(str, taken.event_ids), strict=True)), {})

    def take(self, session: Session, statements: Sequence[Document], mode: str = "live") -> Taken:
        """Take a batch in the caller's transaction, each statement by itself."""
        self.shelf.lock(session)
        named = [self._preparing.named(each) for each in statements]
        ids = {each["record_id"] for each in named}
        stands = self._standing(session, ids)
        gone = no_longer_shared(tombstoned(session, ids))
        refused: dict[int, Reason] = {
            place: gone[each["record_id"]]
            for place, each in enumerate(named)
            if each["record_id"] in gone
        }
        ready = self._ready(named, stands, refused)
        times = Counter(each["record_id"] for each in named)
        several = [place for place, each in enumerate(named) if times[each["record_id"]] > 1]
        while several:  # what is refused must hand nothing to a later row of its record
            offered = [ready[place] for place in several]
            failing = self._declarations.refusals(session, offered, mode=mode)
            if not failing:
                break
            refused |= {several[at]: reason for at, reason in failing.items()}
            ready = self._ready(named, stands, refused)
        return self._declarations.take(session, ready, mode=mode)

    def _ready(
        self,
        named: Sequence[Document],
        stands: Mapping[str, Document],
        refused: Mapping[int, Reason],
    ) -> list[Document | Reason]:
        """Return statements made ready in their order, each after those of its record before it."""
        found = dict(stands)
        today = self.today()
        ready: list[Document | Reason] = []
        for place, each in enumerate(named):
            record_id = each["record_id"]
            made = refused.get(place) or self._preparing.ready(each, found.get(record_id), today)
            if not isinstance(made, Reason):
                found[record_id] = made
            ready.append(made)
        return ready

    def revise(self, session: Session, record_id: str, changes: Mapping[str, Any]) -> None:
        """State a record of our own anew with these changes."""
        self._state(session, [self.own(session, record_id) | dict(changes)])

    def tell_repaired(self, session: Session, record_id: str) -> None:
        """Publish the withdrawal that a repair leaves of a record; its rows are the caller's."""
        found = self.standing(session, record_id)
        now = self._clock.now()
        event = found | repaired(self.noun)
        event |= {
            "event_id": uuid7(now),
            "occurred_at": max(milliseconds(now), found["occurred_at"] + 1),
            "change": "withdrawal",
            "supersedes": found["event_id"],
            "mode": "live",
        }
        self._events.append(session, self.kind.topic, [event])

    def move(
        self,
        session: Session,
        record_id: str,
        state: str,
        end_reason: str | None,
        state_reason: str | None,
    ) -> Document:
        """Bring a record of our own into another state. Raises IllegalMoveError, ConflictError."""
        own = self.own(session, record_id)
        check_move(own["state"], state, end_reason)
        self._state(session, [own | self._moved(state, end_reason, state_reason)])
        return self.standing(session, record_id)

    def expire(self, session: Session, standing: Sequence[Document]) -> None:
        """Let live records of our own end with their last day; lock the shelf before they are read.

        Any number costs the same few statements.
        """
        moved = self._moved("expired", "expired", None)
        self._state(session, [_without_envelope(each) | moved for each in standing])

    def withdraw(self, record_id: str, reason: str) -> Declared:
        """Take back what was stated in error. Raises NotFoundError and ConflictError."""
        return self._declarations.withdraw((record_id,), reason)

    def own(self, session: Session, record_id: str) -> Document:
        """Return a record of our own without envelope; NotFoundError, ConflictError for others'."""
        self.shelf.lock(session)
        found = self.standing(session, record_id)
        if found["origin"] != self._region:
            raise ConflictError(
                f"{self.kind.name} {record_id!r} was stated by region {found['origin']}; only that "
                "region can change it"
            )
        return _without_envelope(found)

    def standing(self, session: Session, record_id: str) -> Document:
        """Return a record as it stands, anybody's; NotFoundError where none does."""
        found = self.shelf.document(session, (record_id,))
        if found is None or found["change"] == "withdrawal":
            raise UnknownRecordError(self.kind, record_id)
        return found

    def today(self) -> int:
        """Return the day it is in China, as days since 1970."""
        return days(china_day(self._clock.now()))

    def _moved(
        self, state: str, end_reason: str | None, state_reason: str | None
    ) -> dict[str, Any]:
        ended = end_reason is not None and "measures" in self.noun.emptied
        moved = {"state": state, "end_reason": end_reason, "state_reason": state_reason}
        return {**moved, **({"measures": []} if ended else {})}

    def _state(self, session: Session, told: Sequence[Document]) -> None:
        taken = self._declarations.take(session, told)
        for reason in taken.refused.values():
            raise PermanentError(f"{self.kind.name}: {reason.detail}")

    def _standing(self, session: Session, record_ids: set[str]) -> dict[str, Document]:
        found = self.shelf.documents(session, ((each,) for each in record_ids))
        return {
            told["record_id"]: told for told in found.values() if told["change"] != "withdrawal"
        }


def _without_envelope(event: Document) -> Document:
    return {name: told for name, told in event.items() if name not in ENVELOPE}

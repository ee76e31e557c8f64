"""The records of one kind: stated by this hub's departments, revised by acts, taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.clock import china_day
from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.declarations import Declarations, Declared, Taken
from lingqu.domain_service.statements.follow import Follower
from lingqu.domain_service.statements.keys import texts_of
from lingqu.domain_service.statements.noun import ENVELOPE, Document
from lingqu.domain_service.statements.planning import Outcome
from lingqu.errors import ConflictError, NotFoundError, PermanentError, Reason
from lingqu.service.database import database_errors
from lingqu_credit.records.kinds import Kind, noun_of, repaired
from lingqu_credit.records.preparing import DAY_ZERO, Known, Preparing, Tables, no_longer_shared
from lingqu_credit.records.states import check_move
from lingqu_credit.records.tombstones import tombstoned


class UnknownRecordError(NotFoundError):
    """There is no record of that id."""

    def __init__(self, kind: Kind, record_id: str) -> None:
        super().__init__(f"there is no {kind.name} {record_id!r}, or it was repaired")


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
        known = self._known(session, ids)
        gone = no_longer_shared(sorted(tombstoned(session, ids)))
        refused: dict[int, Reason] = {}
        ready: dict[int, Document] = {}
        today = self.today()
        for place, each in enumerate(named):
            record_id = each["record_id"]
            told = gone.get(record_id) or self._preparing.ready(each, known.get(record_id), today)
            if isinstance(told, Reason):
                refused[place] = told
            else:
                ready[place] = told
        taken = self._declarations.take(session, list(ready.values()), mode=mode)
        return _spread(len(statements), list(ready), taken, refused)

    def revise(self, session: Session, record_id: str, changes: Mapping[str, Any]) -> Document:
        """State a record of our own anew with these changes; return the event's document."""
        told = self.own(session, record_id) | dict(changes)
        return self._state(session, told)

    def tell_repaired(self, session: Session, record_id: str) -> None:
        """Publish the withdrawal that a repair leaves of a record; its rows are the caller's."""
        found = self.shelf.document(session, (record_id,))
        if found is None:
            raise UnknownRecordError(self.kind, record_id)
        now = self._clock.now()
        event = found | repaired(self.noun)
        event |= {
            "event_id": uuid7(now),
            "occurred_at": max(int(now.timestamp() * 1000), found["occurred_at"] + 1),
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
        check_move(self.own(session, record_id)["state"], state, end_reason)
        changes = {"state": state, "end_reason": end_reason, "state_reason": state_reason}
        if end_reason is not None and "measures" in self.noun.emptied:
            changes["measures"] = []  # type: ignore[assignment]
        return self.revise(session, record_id, changes)

    def withdraw(self, record_id: str, reason: str) -> Declared:
        """Take back what was stated in error. Raises NotFoundError and ConflictError."""
        return self._declarations.withdraw((record_id,), reason)

    def own(self, session: Session, record_id: str) -> Document:
        """Return a record of our own without envelope; NotFoundError, ConflictError for others'."""
        self.shelf.lock(session)
        found = self.shelf.document(session, (record_id,))
        if found is None or found["change"] == "withdrawal":
            raise UnknownRecordError(self.kind, record_id)
        if found["origin"] != self._region:
            raise ConflictError(
                f"{self.kind.name} {record_id!r} was stated by region {found['origin']}; only that "
                "region can change it"
            )
        return {name: told for name, told in found.items() if name not in ENVELOPE}

    def today(self) -> int:
        """Return the day it is in China, as days since 1970."""
        return (china_day(self._clock.now()) - DAY_ZERO).days

    def _state(self, session: Session, told: Document) -> Document:
        taken = self._declarations.take(session, [told])
        for reason in taken.refused.values():
            raise PermanentError(f"{self.kind.name}: {reason.detail}")
        found = self.shelf.document(session, (told["record_id"],))
        if found is None:
            raise UnknownRecordError(self.kind, told["record_id"])
        return found

    def _known(self, session: Session, record_ids: set[str]) -> dict[str, Known]:
        columns, wanted = self.noun.table.c, texts_of(session, record_ids)
        rows = session.execute(
            select(columns.record_id, columns.document)
            .join(wanted, columns.record_id == wanted.c.text)
            .where(columns.change != "withdrawal")
        )
        return {row.record_id: _known(row.document) for row in rows}


def _known(document: str) -> Known:
    told = orjson.loads(document)
    return Known(
        told["state"], told.get("end_reason"), told.get("state_reason"), told["repair_state"]
    )


def _spread(
    count: int, places: Sequence[int], taken: Taken, refused: Mapping[int, Reason]
) -> Taken:
    """Return what became of all statements, by the places at which they were given."""
    outcomes: list[Outcome] = ["refused"] * count
    event_ids: list[str | None] = [None] * count
    for place, outcome, event_id in zip(places, taken.outcomes, taken.event_ids, strict=True):
        outcomes[place], event_ids[place] = outcome, event_id
    later = {places[place]: reason for place, reason in taken.refused.items()}
    return Taken(outcomes, event_ids, {**refused, **later})

"""Records and uses of other regions: taken over, but nothing of a repaired record."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from lingqu.domain_service.statements.shelf import Shelf
from lingqu.inbox.handler import Received
from lingqu_credit.records.record_id import belongs
from lingqu_credit.records.tombstones import tombstoned
from lingqu_credit.repairs.erasure import erase
from lingqu_credit.subjects.persons import Persons

logger = logging.getLogger(__name__)


class ShelfArrivals:
    """Keeps what a region states of its own things; `id_field` names them.

    Admission checks that a caller speaks for its region; this, that it speaks of its own things.
    """

    def __init__(self, shelf: Shelf, id_field: str) -> None:
        self._shelf = shelf
        self._id_field = id_field

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        return self._shelf.known(session, event_ids)

    def handle(self, session: Session, topic: str, events: Sequence[Received]) -> None:
        self._shelf.lock(session)
        own = [each for each in events if self._is_own(topic, each)]
        self._shelf.handle(session, topic, self._kept(session, topic, own))

    def _kept(
        self, _session: Session, _topic: str, events: Sequence[Received]
    ) -> Sequence[Received]:
        """Return those of the events that may be kept."""
        return events

    def _is_own(self, topic: str, event: Received) -> bool:
        own = belongs(event[self._id_field], event["origin"])
        if not own:
            _leave_out("its region did not make what it speaks of", topic, event)
        return own


class UseArrivals(ShelfArrivals):
    """Keeps uses of measures, none of a record that was repaired."""

    def _kept(
        self, session: Session, _topic: str, events: Sequence[Received]
    ) -> Sequence[Received]:
        gone = tombstoned(session, {event["record_id"] for event in events})
        return [event for event in events if event["record_id"] not in gone]


class RecordArrivals(UseArrivals):
    """Keeps records of one kind; one that was repaired is removed at once, whatever came first.

    A late or repeated event of a repaired record is left out, and so is a natural person's record
    that no law lets us have.
    """

    def __init__(self, shelf: Shelf, kind: str, persons: Persons) -> None:
        super().__init__(shelf, "record_id")
        self._kind = kind
        self._persons = persons

    def _kept(self, session: Session, topic: str, events: Sequence[Received]) -> Sequence[Received]:
        for event in events:
            if event["change"] == "withdrawal" and event["end_reason"] == "repaired":
                erase(session, self._kind, event["record_id"], "", event["occurred_at"])
        allowed = [each for each in events if self._is_allowed(topic, each)]
        return super()._kept(session, topic, allowed)

    def _is_allowed(self, topic: str, event: Received) -> bool:
        if event["subject_type"] != "natural_person" or event["change"] == "withdrawal":
            return True
        list_type, basis = event.get("list_type") or "", event.get("person_basis")
        problem = self._persons.problem(self._kind, list_type, basis)
        if problem is not None:
            _leave_out("no law allows a record of this natural person", topic, event)
        return problem is None


def _leave_out(why: str, topic: str, event: Received) -> None:
    told = {"topic": topic, "event_id": event["event_id"], "origin": event["origin"]}
    logger.error("event left out: %s", why, extra=told)

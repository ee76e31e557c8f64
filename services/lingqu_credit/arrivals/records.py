"""Records and uses of other regions: taken over, but nothing of a repaired record."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from lingqu.domain_service.statements.shelf import Shelf
from lingqu.inbox.handler import Received
from lingqu_credit.arrivals.belonging import spoken_for
from lingqu_credit.records.tombstones import tombstoned
from lingqu_credit.repairs.erasure import erase
from lingqu_credit.subjects.persons import Persons

logger = logging.getLogger(__name__)


class ShelfArrivals:
    """Keeps what a region states of its own things; `id_field` names them."""

    def __init__(self, shelf: Shelf, id_field: str) -> None:
        self._shelf = shelf
        self._id_field = id_field

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        return self._shelf.known(session, event_ids)

    def handle(self, session: Session, topic: str, events: Sequence[Received]) -> None:
        spoken = spoken_for(topic, events, self._id_field)
        if spoken:
            self._shelf.handle(session, topic, spoken)


class UseArrivals(ShelfArrivals):
    """Keeps uses of measures, none of a record that was repaired."""

    def handle(self, session: Session, topic: str, events: Sequence[Received]) -> None:
        self._shelf.lock(session)
        gone = tombstoned(session, {event["record_id"] for event in events})
        left = [event for event in events if event["record_id"] not in gone]
        super().handle(session, topic, left)


class RecordArrivals(UseArrivals):
    """Keeps records of one kind; one that was repaired is removed at once, whatever came first.

    A late or repeated event of a repaired record is left out, and so is a natural person's record
    that no law lets us have.
    """

    def __init__(self, shelf: Shelf, kind: str, persons: Persons) -> None:
        super().__init__(shelf, "record_id")
        self._kind = kind
        self._persons = persons

    def handle(self, session: Session, topic: str, events: Sequence[Received]) -> None:
        self._shelf.lock(session)
        spoken = spoken_for(topic, events, self._id_field)
        for event in spoken:
            if event["change"] == "withdrawal" and event["end_reason"] == "repaired":
                erase(session, self._kind, event["record_id"], "", event["occurred_at"])
        super().handle(session, topic, [each for each in spoken if self._is_allowed(topic, each)])

    def _is_allowed(self, topic: str, event: Received) -> bool:
        if event["subject_type"] != "natural_person" or event["change"] == "withdrawal":
            return True
        list_type, basis = event.get("list_type") or "", event.get("person_basis")
        problem = self._persons.problem(self._kind, list_type, basis)
        if problem is not None:
            logger.error(
                "record of a natural person left out: no law allows it",
                extra={"topic": topic, "event_id": event["event_id"], "origin": event["origin"]},
            )
        return problem is None

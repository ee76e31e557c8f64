"""What is done with objections; the region that stated the record decides."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.domain_service.statements.noun import content_digest
from lingqu.errors import ConflictError, NotFoundError
from lingqu.inbox.handler import Received
from lingqu.instants import milliseconds
from lingqu.outbox.events import Events
from lingqu_credit.objections.lifecycle import ACTS
from lingqu_credit.objections.store import (
    OBJECTION_TOPIC,
    STEPS,
    take_step,
)
from lingqu_credit.recipients import Recipients
from lingqu_credit.records.preparing import SET_BY_ACTS
from lingqu_credit.records.record_id import belongs, record_id
from lingqu_credit.records.records import Records
from lingqu_credit.records.tombstones import tombstoned
from lingqu_credit.repairs.timetable import Timetable
from lingqu_credit.tables import OBJECTION


class UnknownObjectionError(NotFoundError):
    """There is no objection of that id."""

    def __init__(self, objection_id: str) -> None:
        super().__init__(
            f"there is no objection {objection_id!r}; GET /v1/objections lists those there are"
        )


class ObjectionDesk:
    """Raises, accepts, decides; as a handler of the inbox it keeps what other regions tell."""

    def __init__(
        self,
        events: Events,
        records: Mapping[str, Records],
        region: str,
        recipients: Recipients,
        timetable: Timetable,
        clock: Clock,
    ) -> None:
        self._events = events
        self._records = records
        self._region = region
        self._recipients = recipients
        self._timetable = timetable
        self._clock = clock

    def raise_(self, session: Session, told: Mapping[str, Any], objection_id: str) -> str:
        """Raise an objection to a record that is kept here, ours or another's.

        Return the id of its event. `told` may say in which `mode` it is: what is filled in
        afterwards has no deadline. Raises NotFoundError.
        """
        records = self._records[told["record_kind"]]
        records.shelf.lock(session)  # a repair that erases the record meanwhile is waited for
        document = records.standing(session, told["record_id"])
        days = timedelta(days=self._timetable.decide_objections_within_days)
        about = {**told, "objection_id": objection_id, "record_origin": document["origin"]}
        past = told.get("mode") == "backfill"
        answer_by = None if past else milliseconds(self._clock.now() + days)
        raised = {**told, "events": [document["event_id"]], "answer_by": answer_by}
        return self._tell(session, about, "raised", raised)

    def new_id(self, record: str) -> str:
        """Return an id that no other objection has."""
        return record_id(self._region, "YY", secrets.token_bytes(16), [record])

    def accept(self, session: Session, objection_id: str) -> None:
        """Accept it: the record is disputed until it is decided."""
        objection = self._ours(session, objection_id, "accepted")
        self._tell(session, objection, "accepted")
        content = _content(self._document(session, objection))
        of_it = OBJECTION.c.objection_id == objection_id
        session.execute(update(OBJECTION).where(of_it).values(content=content))
        self._set_state(session, objection, "disputed")

    def decide(self, session: Session, objection_id: str, decision: str, reason: str) -> None:
        """Decide it; `corrected` where the record was revised after the objection.

        Raises ConflictError where it was not, and UnavailableError while it is not known who
        received the wrong value.
        """
        objection = self._ours(session, objection_id, "decided")
        self._set_state(session, objection, "effective")
        document = self._document(session, objection)
        told: dict[str, Any] = {"decision": decision, "decision_reason": reason}
        if decision == "corrected":
            self._check_corrected(session, objection, document)
            topic = self._records[objection["record_kind"]].kind.topic
            told |= {
                "correction": document["event_id"],
                "received_by": self._recipients.of(session, topic, document),
            }
        self._tell(session, objection, "decided", told)

    def withdraw(self, session: Session, objection_id: str) -> None:
        """Take an objection back; only who raised it can."""
        (raised, *_) = self._told(session, objection_id)
        if raised["origin"] != self._region:
            raise ConflictError(f"objection {objection_id!r} was raised by {raised['origin']}")
        ACTS.check(objection_id, self._state(session, objection_id), "withdrawn")
        self._tell(session, raised, "withdrawn")

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        return STEPS.known(session, event_ids)

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        """Keep other regions' steps, none of a record that was repaired."""
        gone = tombstoned(session, {event["record_id"] for event in events})
        for event in events:
            stated = belongs(event["record_id"], event["record_origin"])
            if stated and event["record_id"] not in gone:
                take_step(session, event, self._region)

    def take_corrections(self, session: Session) -> int:
        """Answer every correction that stands here by now; return how many were."""
        columns = OBJECTION.c
        waiting = select(columns.objection_id).where(
            columns.state == "corrected", columns.taken.is_(False)
        )
        taken = 0
        for objection_id in list(session.scalars(waiting)):
            told = self._told(session, objection_id)
            (decided,) = [each for each in told if each["step"] == "decided"]
            records = self._records[decided["record_kind"]]
            document = records.shelf.document(session, (decided["record_id"],))
            if document is None or document["occurred_at"] < self._corrected_at(decided, document):
                continue
            now_ms = milliseconds(self._clock.now())
            answer = {
                "taken_at": now_ms,
                "refers_to": decided["event_id"],
                "sequence": decided["sequence"],
            }
            self._tell(session, decided, "taken", answer)
            taken += 1
        return taken

    def _corrected_at(self, decided: Mapping[str, Any], document: Mapping[str, Any]) -> int:
        """Return when what stands has to be from to hold the correction."""
        if document["event_id"] == decided["correction"]:
            return int(document["occurred_at"])
        return int(decided["occurred_at"])

    def _ours(self, session: Session, objection_id: str, act: str) -> dict[str, Any]:
        objection = self._told(session, objection_id)[0]
        if objection["record_origin"] != self._region:
            raise ConflictError(
                f"objection {objection_id!r} is decided by region {objection['record_origin']}, "
                "which stated the record"
            )
        ACTS.check(objection_id, self._state(session, objection_id), act)
        return objection

    def _told(self, session: Session, objection_id: str) -> list[dict[str, Any]]:
        told = STEPS.documents(session, objection_id)
        if not told:
            raise UnknownObjectionError(objection_id)
        return told

    def _state(self, session: Session, objection_id: str) -> str:
        columns = OBJECTION.c
        found = select(columns.state).where(columns.objection_id == objection_id)
        return str(session.scalars(found.with_for_update()).one())

    def _document(self, session: Session, objection: Mapping[str, Any]) -> dict[str, Any]:
        records = self._records[objection["record_kind"]]
        return records.standing(session, objection["record_id"])

    def _set_state(self, session: Session, objection: Mapping[str, Any], state: str) -> None:
        records = self._records[objection["record_kind"]]
        now = records.own(session, objection["record_id"])["state"]
        if now in {"effective", "disputed", "changed"} and now != state:
            records.move(session, objection["record_id"], state, None, objection["objection_id"])

    def _check_corrected(
        self, session: Session, objection: Mapping[str, Any], document: Mapping[str, Any]
    ) -> None:
        columns = OBJECTION.c
        found = select(columns.content).where(columns.objection_id == objection["objection_id"])
        if session.scalars(found).one() == _content(document):
            raise ConflictError("the record says what it said; correct it first, then decide")

    def _tell(
        self,
        session: Session,
        objection: Mapping[str, Any],
        step: str,
        told: Mapping[str, Any] = MappingProxyType({}),
    ) -> str:
        now = self._clock.now()
        event = STEPS.following(session, objection, step, told, self._region, now)
        self._events.append(session, OBJECTION_TOPIC, [event])
        take_step(session, event, self._region)
        return str(event["event_id"])


def _content(document: Mapping[str, Any]) -> bytes:
    """Return what names the content of a record, whatever its state."""
    return content_digest(
        {name: told for name, told in document.items() if name not in SET_BY_ACTS}
    )

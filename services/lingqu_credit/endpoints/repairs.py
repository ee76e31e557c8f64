"""`/v1/repairs`: applications, decisions, and who has stopped using what was repaired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.endpoints.declaring import Stated, Text, readable
from lingqu.domain_service.statements.noun import Noun
from lingqu.instants import milliseconds
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_credit.endpoints.stated import Day, Id, Words
from lingqu_credit.records.tombstones import tombstones
from lingqu_credit.regions import Regions
from lingqu_credit.repairs.desk import Application, RepairDesk
from lingqu_credit.repairs.lifecycle import ACTS, State, course
from lingqu_credit.repairs.stop_use import is_signed_by
from lingqu_credit.repairs.store import (
    REPAIR_TOPIC,
    STEPS,
    Repair,
    find_repair,
    repair_of,
    step_of,
)
from lingqu_credit.subjects.masking import masked
from lingqu_credit.tables import REPAIR

_LISTING = "repairs"
_NOUN = Noun(
    "repair", REPAIR_TOPIC, REPAIR, ("repair_id",), instants=("stop_by",), days=("applied_on",)
)
Work = Callable[[Session], None]


class ApplicationIn(Stated):
    """An application for the repair of one of our own records."""

    record_kind: Literal["penalty", "dishonesty", "abnormal"]
    record_id: Annotated[Words, Field(min_length=1)]
    applied_on: Day
    corrected: bool = False
    committed: bool = False


class Acceptance(Stated):
    """What was found of the conditions."""

    corrected: bool
    committed: bool


class Grant(Stated):
    """The decision; corrected and committed are its conditions."""

    decision_no: Text
    corrected: Literal[True]
    committed: Literal[True]
    signed_off_by: Text | None = None


class Reasoned(Stated):
    """Why it is refused or taken back."""

    reason: Text


class RepairRoom:
    """What the routes need."""

    def __init__(
        self,
        desk: RepairDesk,
        regions: Regions,
        keys: Path | None,
        clock: Clock,
    ) -> None:
        self.desk = desk
        self._regions = regions
        self._keys = keys
        self._clock = clock

    @property
    def now_ms(self) -> int:
        return milliseconds(self._clock.now())

    def one(self, session: Session, repair_id: str) -> dict[str, Any]:
        """Return one repair so; raise UnknownRepairError."""
        (told,) = self.told(session, [find_repair(session, repair_id)])
        return told

    def told(self, session: Session, repairs: Sequence[Repair]) -> list[dict[str, Any]]:
        """Return the repairs, their steps, who has answered, and who is late, by name."""
        steps = STEPS.documents_of(session, [each.repair_id for each in repairs])
        left = tombstones(session, [each.record_id for each in repairs])
        return [
            self._told(each, steps[each.repair_id]) | {"tombstone": left.get(each.record_id)}
            for each in repairs
        ]

    def _told(self, repair: Repair, steps: Sequence[dict[str, Any]]) -> dict[str, Any]:
        at = course(map(step_of, steps), self.now_ms)
        answers = [
            {
                "region": each.region,
                "name": self._regions.name(each.region),
                "answered": each.answered_at_ms is not None,
                "overdue": each.overdue,
            }
            for each in at.answers
        ]
        return {
            "repair_id": repair.repair_id,
            "record_kind": repair.record_kind,
            "record_id": repair.record_id,
            "record_origin": repair.record_origin,
            "state": at.state,
            "possible": ACTS.possible(at.state),
            "answered": at.answered,
            "asked": len(at.answers),
            "escalated": [each["name"] for each in answers if each["overdue"]],
            "answers": answers,
            "steps": [self._step(each) for each in steps],
        }

    def _step(self, document: dict[str, Any]) -> dict[str, Any]:
        told = masked(readable(_NOUN, document))
        if told.get("stop_use"):
            told["signature_holds"] = is_signed_by(document, self._keys)
        return told


def router(
    room: RepairRoom, writing: sessionmaker[Session], reading: sessionmaker[Session]
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/repairs", tags=["repairs"])
    desk = room.desk
    _add_looks(routes, room, reading)

    def done(repair_id: str, work: Work) -> dict[str, Any]:
        with database_errors(), writing.begin() as session:
            work(session)
            return room.one(session, repair_id)

    @routes.post("", status_code=201, summary="Apply for the repair of a record (申请)")
    def apply(given: ApplicationIn) -> dict[str, Any]:
        application = Application(**given.document())
        with database_errors(), writing.begin() as session:
            return room.one(session, desk.apply(session, application))

    @routes.post("/{repair_id}/accept", summary="Accept an application (受理)")
    def accept(repair_id: Id, given: Acceptance) -> dict[str, Any]:
        return done(repair_id, lambda session: desk.accept(session, repair_id, **given.document()))

    @routes.post("/{repair_id}/grant", summary="Grant it: the record ends everywhere (准予)")
    def grant(repair_id: Id, given: Grant) -> dict[str, Any]:
        return done(
            repair_id,
            lambda session: desk.grant(session, repair_id, given.decision_no, given.signed_off_by),
        )

    @routes.post("/{repair_id}/refuse", summary="Refuse it, and say why (不予)")
    def refuse(repair_id: Id, given: Reasoned) -> dict[str, Any]:
        return done(repair_id, lambda session: desk.refuse(session, repair_id, given.reason))

    @routes.post("/{repair_id}/withdraw", summary="Take an application back (撤回)")
    def withdraw(repair_id: Id, given: Reasoned) -> dict[str, Any]:
        return done(repair_id, lambda session: desk.withdraw(session, repair_id, given.reason))

    return routes


def _add_looks(routes: APIRouter, room: RepairRoom, reading: sessionmaker[Session]) -> None:
    columns = REPAIR.c

    @routes.get("", summary="Repairs by id; `overdue` ones wait for somebody past the deadline")
    def list_repairs(
        *,
        state: State | None = None,
        record_id: Annotated[str | None, Query(max_length=100)] = None,
        overdue: bool = False,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        wanted = select(REPAIR).order_by(columns.repair_id).limit(limit + 1)
        if state is not None:
            wanted = wanted.where(columns.state == state)
        if record_id is not None:
            wanted = wanted.where(columns.record_id == record_id)
        if overdue:
            wanted = wanted.where(columns.state == "propagating", columns.stop_by_ms < room.now_ms)
        if (after := position_of(_LISTING, cursor)) is not None:
            wanted = wanted.where(tuple_(columns.repair_id) > tuple_(*after))
        with database_errors(), reading() as session:
            found = [repair_of(row) for row in session.execute(wanted)]
            listed = page(_LISTING, found, limit, lambda each: (each.repair_id,))
            return {"items": room.told(session, listed.items), "next": listed.next}

    @routes.get("/{repair_id}", summary="One repair: its steps, who has answered and who is late")
    def show_repair(repair_id: Id) -> dict[str, Any]:
        with database_errors(), reading() as session:
            return room.one(session, repair_id)

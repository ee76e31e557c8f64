"""`/v1/objections`: what is said to be wrong, what came of it, and who took the correction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from fastapi.responses import FileResponse
from pydantic import Field
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import MOST, Stated, Text, readable
from lingqu.domain_service.endpoints.export import EXPORTED, ExportKind, export
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document, Noun
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_credit.endpoints.stated import Id, Words
from lingqu_credit.forms.objection_table import exported_columns, row_of
from lingqu_credit.objections.desk import ObjectionDesk, UnknownObjectionError
from lingqu_credit.objections.lifecycle import ACTS, State, course
from lingqu_credit.objections.store import OBJECTION_TOPIC, STEPS, step_of
from lingqu_credit.regions import Regions
from lingqu_credit.subjects.masking import masked
from lingqu_credit.tables import OBJECTION

_LISTING = "objections"
_NOUN = Noun(
    "objection", OBJECTION_TOPIC, OBJECTION, ("objection_id",), instants=("answer_by", "taken_at")
)


class ObjectionIn(Stated):
    """What is said to be wrong of a record that is kept here."""

    record_kind: Literal["licence", "penalty", "rating", "dishonesty", "abnormal"]
    record_id: Annotated[Words, Field(min_length=1)]
    raised_by: Text
    field: Words | None = None
    claim: Text
    evidence: list[Words] = Field(default_factory=list, max_length=50)
    contact_name: Words | None = None
    contact_phone: Words | None = None


class Decision(Stated):
    """The outcome of the check; the record is corrected first."""

    decision: Literal["corrected", "not_wrong", "cannot_verify"]
    reason: Text


def router(
    desk: ObjectionDesk,
    regions: Regions,
    writing: sessionmaker[Session],
    reading: sessionmaker[Session],
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/objections", tags=["objections"])

    def done(objection_id: str, work: Callable[[Session], None]) -> dict[str, Any]:
        with database_errors(), writing.begin() as session:
            work(session)
            return _one(session, objection_id, regions)

    @routes.post("", status_code=201, summary="Raise objections (异议), all or none")
    def raise_(
        given: Annotated[list[ObjectionIn], Body(min_length=1, max_length=MOST)],
    ) -> dict[str, Any]:
        with database_errors(), writing.begin() as session:
            ids = [desk.new_id(each.record_id) for each in given]
            for objection_id, each in zip(ids, given, strict=True):
                desk.raise_(session, each.document(), objection_id)
            return {"items": _told(session, ids, regions)}

    @routes.post("/{objection_id}/accept", summary="Accept it: the record is disputed (受理)")
    def accept(objection_id: Id) -> dict[str, Any]:
        return done(objection_id, lambda session: desk.accept(session, objection_id))

    @routes.post("/{objection_id}/decide", summary="Decide it (办结)")
    def decide(objection_id: Id, given: Decision) -> dict[str, Any]:
        return done(
            objection_id,
            lambda session: desk.decide(session, objection_id, given.decision, given.reason),
        )

    @routes.post("/{objection_id}/withdraw", summary="Take it back (撤回)")
    def withdraw(objection_id: Id) -> dict[str, Any]:
        return done(objection_id, lambda session: desk.withdraw(session, objection_id))

    _add_looks(routes, regions, reading)
    return routes


def _add_looks(routes: APIRouter, regions: Regions, reading: sessionmaker[Session]) -> None:
    columns = OBJECTION.c

    @routes.get("", summary="Objections by id")
    def list_objections(
        *, state: State | None = None, limit: PageSize = 100, cursor: PageCursor = None
    ) -> dict[str, Any]:
        wanted = select(columns.objection_id).order_by(columns.objection_id).limit(limit + 1)
        if state is not None:
            wanted = wanted.where(columns.state == state)
        if (after := position_of(_LISTING, cursor)) is not None:
            wanted = wanted.where(tuple_(columns.objection_id) > tuple_(*after))
        with database_errors(), reading() as session:
            found = list(session.scalars(wanted))
            listed = page(_LISTING, found, limit, lambda each: (each,))
            items = _told(session, listed.items, regions)
        return {"items": items, "next": listed.next}

    @routes.get("/{objection_id}", summary="One objection with its steps")
    def show_objection(objection_id: Id) -> dict[str, Any]:
        with database_errors(), reading() as session:
            return _one(session, objection_id, regions)


def export_router(form: RecordForm, reading: sessionmaker[Session]) -> APIRouter:
    """Return the route that writes objections into the form they are raised by, with outcomes."""
    routes = APIRouter(prefix="/v1/exports/objection", tags=["objections"])

    @routes.get(
        "",
        summary="All objections as a spreadsheet, with what came of each; persons are masked",
        response_class=FileResponse,
        responses=EXPORTED,
    )
    def export_objections(
        *, state: State | None = None, format_: ExportKind = "xlsx"
    ) -> FileResponse:
        with database_errors(), reading() as session:
            rows = _rows(session, state)
            return export(form.title, exported_columns(form), rows, format_)

    return routes


def _rows(session: Session, state: State | None) -> Iterator[Document]:
    columns = OBJECTION.c
    wanted = select(columns.objection_id).order_by(columns.objection_id)
    if state is not None:
        wanted = wanted.where(columns.state == state)
    for some in session.scalars(wanted).partitions(MOST):
        told = STEPS.documents_of(session, some)
        for steps in (told[each] for each in some if each in told):
            yield masked(row_of(steps, course(map(step_of, steps))))


def _one(session: Session, objection_id: str, regions: Regions) -> dict[str, Any]:
    steps = STEPS.documents(session, objection_id)
    if not steps:
        raise UnknownObjectionError(objection_id)
    return _objection(steps, regions)


def _told(session: Session, objection_ids: Sequence[str], regions: Regions) -> list[dict[str, Any]]:
    steps = STEPS.documents_of(session, objection_ids)
    # A repair may take an objection away between one look and the next.
    return [_objection(steps[each], regions) for each in objection_ids if each in steps]


def _objection(steps: Sequence[dict[str, Any]], regions: Regions) -> dict[str, Any]:
    at = course(map(step_of, steps))
    first = steps[0]
    waited = at.decided.received_by if at.decided else ()
    return {
        "objection_id": first["objection_id"],
        "record_kind": first["record_kind"],
        "record_id": first["record_id"],
        "record_origin": first["record_origin"],
        "state": at.state,
        "possible": ACTS.possible(at.state),
        "received_by": [
            {"region": each, "name": regions.name(each), "taken": each not in at.untaken}
            for each in waited
        ],
        "steps": [masked(readable(_NOUN, each)) for each in steps],
    }

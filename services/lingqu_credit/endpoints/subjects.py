"""`/v1/subjects`: who a subject is, all that is recorded of it, and what it is restricted in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import FileResponse
from pydantic import Field
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock, china_day
from lingqu.domain_service.endpoints.declaring import ANSWERS, MOST, Stated, answer
from lingqu.domain_service.endpoints.export import EXPORTED, ExportKind, export
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.instants import days
from lingqu.service.database import database_errors
from lingqu_credit.endpoints.codes import refusal
from lingqu_credit.endpoints.stated import Day, Id, Words
from lingqu_credit.measures.restrictions import restrictions
from lingqu_credit.sanctions.uses import Uses
from lingqu_credit.subjects.stating import SubjectChanges
from lingqu_credit.subjects.view import SubjectView

Uscc = Annotated[str, Field(max_length=100)]
OnDay = Annotated[
    date | None,
    Query(ge=date(1970, 1, 1), le=date(2999, 12, 31), description="today unless told otherwise"),
]
_NONE = {"uscc": "91430102616831072Q", "day": "2026-11-22", "restrictions": []}
_INVALID: dict[int | str, dict[str, Any]] = {
    422: {"description": "The code is none; `rule` and `detail` say why"},
    200: {"content": {"application/json": {"example": _NONE}}},
}


class ChangeIn(Stated):
    """A change of a subject's identity."""

    change_id: Words | None = None
    uscc: Words
    subject_event: Literal["registered", "renamed", "merged", "uscc_changed", "cancelled"]
    effective_on: Day
    subject_name: Words = ""
    former_name: Words | None = None
    successor_uscc: Words | None = None
    authority: Words = ""
    authority_uscc: Words | None = None
    document_no: Words | None = None
    note: Words | None = None


class UseIn(Stated):
    """A use of a measure that `restrictions` told of."""

    record_id: Words
    measure_code: Words
    used_by: Annotated[Words, Field(min_length=1)]
    used_by_uscc: Words | None = None
    used_on: Day
    matter: Annotated[Words, Field(min_length=1)]
    effect: Literal["restricted", "supervised", "not_applied"] = "restricted"
    result: Words | None = None
    handled_by: Words | None = None


class Lift(Stated):
    """The end of a use."""

    ended_on: Day


def router(
    view: SubjectView,
    changes: SubjectChanges,
    uses: Uses,
    reading: sessionmaker[Session],
    clock: Clock,
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/subjects", tags=["subjects"])
    _add_looks(routes, view, reading, clock)
    _add_uses(routes, uses)

    @routes.post("", summary="Tell of registrations, renames, mergers …", responses=ANSWERS)
    def declare(stated: Annotated[list[ChangeIn], Body(min_length=1, max_length=MOST)]) -> Response:
        """Take all or none; one without `change_id` is known by its subject, kind and day."""
        return answer(changes.declare([each.document() for each in stated]))

    return routes


def _add_looks(
    routes: APIRouter, view: SubjectView, reading: sessionmaker[Session], clock: Clock
) -> None:
    def number(day: date | None) -> int:
        return days(day or china_day(clock.now()))

    @routes.get("/{uscc}/restrictions", summary="Measures in force", responses=_INVALID)
    def show_restrictions(uscc: Uscc, on: OnDay = None) -> Response:
        """Answer from explicit measures alone; a valid code that nobody knows has none."""
        if (refused := refusal(uscc)) is not None:
            return refused
        with database_errors(), reading() as session:
            found = restrictions(session, uscc, number(on))
        return Response(orjson.dumps(found), media_type="application/json")

    @routes.get("/{uscc}", summary="All that is recorded of a subject", responses=_INVALID)
    def show_subject(
        uscc: Uscc, on: OnDay = None, purpose: Literal["public", "regulation"] = "public"
    ) -> Response:
        """Tell each record with its source; risk classes for regulation only."""
        if (refused := refusal(uscc)) is not None:
            return refused
        with database_errors(), reading() as session:
            regulating = purpose == "regulation"
            found = view.of(session, uscc, number(on), for_regulation=regulating)
        return Response(orjson.dumps(found), media_type="application/json")


def _add_uses(routes: APIRouter, uses: Uses) -> None:
    @routes.post(
        "/{uscc}/restrictions/uses", status_code=201, summary="Feed back the use of a measure"
    )
    def use(uscc: Uscc, told: UseIn) -> Response:
        if (refused := refusal(uscc)) is not None:
            return refused
        document = told.document()
        found = uses.use(uscc, document, document["used_on"])
        kept = {name: found[name] for name in ("sanction_id", "event_id", "record_id")}
        return Response(orjson.dumps(kept), 201, media_type="application/json")

    @routes.post("/uses/{sanction_id}/lift", status_code=204, summary="Say that a use has ended")
    def lift(sanction_id: Id, told: Lift) -> None:
        uses.lift(sanction_id, told.document()["ended_on"])


def export_router(
    form: RecordForm, changes: SubjectChanges, reading: sessionmaker[Session]
) -> APIRouter:
    """Return the route that writes all changes into the form they are imported by."""
    routes = APIRouter(prefix="/v1/exports/subject", tags=["subjects"])

    @routes.get(
        "",
        summary="All changes of subjects' identity as a spreadsheet, other regions' among them",
        response_class=FileResponse,
        responses=EXPORTED,
    )
    def export_changes(*, format_: ExportKind = "xlsx") -> FileResponse:
        with database_errors(), reading() as session:
            return export(form.title, form.columns, changes.shelf.all(session), format_)

    return routes

"""`/v1/records/<kind>`: records stated by this hub's departments and taken over from others."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.responses import FileResponse
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import ANSWERS, MOST, Stated, Text, Why, answer
from lingqu.domain_service.endpoints.export import EXPORTED, ExportKind, export
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_credit.endpoints.codes import WantedUscc
from lingqu_credit.endpoints.examples import example_of
from lingqu_credit.endpoints.stated import Id, stated_model
from lingqu_credit.forms.record_tables import row_of
from lingqu_credit.records.expiry import as_of
from lingqu_credit.records.records import Records
from lingqu_credit.records.states import RecordState, legal_moves
from lingqu_credit.subjects.masking import masked
from lingqu_credit.subjects.view import told_record

MovedTo = Literal["effective", "disputed", "suspended", "changed", "revoked"]


class Move(Stated):
    """Another state of a record; an end needs its reason."""

    state: MovedTo
    end_reason: Literal["revoked", "listed_in_error", "performed"] | None = None
    state_reason: Text | None = None


class Wanted:
    """The filters of a listing."""

    def __init__(
        self,
        uscc: WantedUscc = None,
        origin: Annotated[str | None, Query(max_length=20, description="who stated it")] = None,
        state: RecordState | None = None,
        grade: Literal["none", "minor", "general", "serious"] | None = None,
    ) -> None:
        self.told = {"uscc": uscc, "origin": origin, "state": state, "grade": grade}

    def conditions(self, columns: Any) -> list[Any]:
        return [columns[name] == told for name, told in self.told.items() if told is not None]


def router(
    records: Records, reading: sessionmaker[Session], writing: sessionmaker[Session]
) -> APIRouter:
    """Return the routes of one kind; `reading` makes sessions that wait for no writer."""
    kind = records.kind
    routes = APIRouter(prefix=f"/v1/records/{kind.name}", tags=[kind.title])
    model = stated_model(kind.name, records.version, example_of(kind.name))

    def declare(stated: list[Any]) -> Response:
        """Take all or none; a known record is revised, its state kept."""
        return answer(records.declare([each.document() for each in stated]))

    # The model is made here, out of reach of an annotation's text.
    declare.__annotations__["stated"] = Annotated[
        list[model],  # type: ignore[valid-type]
        Body(min_length=1, max_length=MOST),
    ]
    routes.post("", summary=f"State records: {kind.title}", responses=ANSWERS)(declare)
    _add_looks(routes, records, reading)

    @routes.post("/{record_id}/state", summary="Bring a record of our own into another state")
    def move(record_id: Id, told: Move) -> dict[str, Any]:
        with database_errors(), writing.begin() as session:
            moved = records.move(session, record_id, told.state, told.end_reason, told.state_reason)
        return told_record(records, moved) | {"possible": legal_moves(told.state)}

    @routes.delete("/{record_id}", summary="Take back what was stated in error", responses=ANSWERS)
    def withdraw(record_id: Id, reason: Why) -> Response:
        return answer(records.withdraw(record_id, reason))

    return routes


def _add_looks(routes: APIRouter, records: Records, reading: sessionmaker[Session]) -> None:
    kind, columns = records.kind, records.noun.table.c

    def shown(document: Document) -> dict[str, Any]:
        return told_record(records, as_of(document, kind.end, records.today()))

    @routes.get("", summary="Records by id, other regions' among them; persons are masked")
    def list_records(
        wanted: Annotated[Wanted, Depends()], limit: PageSize = 100, cursor: PageCursor = None
    ) -> dict[str, Any]:
        with database_errors(), reading() as session:
            found = records.shelf.page(
                session, wanted.conditions(columns), position_of(kind.name, cursor), limit + 1
            )
        listed = page(kind.name, found, limit, records.noun.key_of)
        return {"items": [shown(each) for each in listed.items], "next": listed.next}

    @routes.get("/{record_id}", summary="One record; persons are masked")
    def show_record(record_id: Id) -> dict[str, Any]:
        with database_errors(), reading() as session:
            found = records.standing(session, record_id)
        return shown(found) | {"possible": legal_moves(found["state"])}


def export_router(records: Records, form: RecordForm, reading: sessionmaker[Session]) -> APIRouter:
    """Return the route that writes all records of a kind into the form they are imported by."""
    kind, columns = records.kind, records.noun.table.c
    routes = APIRouter(prefix=f"/v1/exports/{kind.name}", tags=[kind.title])

    @routes.get(
        "",
        summary=f"All of {kind.title} as a spreadsheet; persons are masked",
        response_class=FileResponse,
        responses=EXPORTED,
    )
    def export_records(
        wanted: Annotated[Wanted, Depends()], format_: ExportKind = "xlsx"
    ) -> FileResponse:
        with database_errors(), reading() as session:
            found = records.shelf.all(session, wanted.conditions(columns))
            rows = (row_of(masked(each)) for each in found)
            return export(kind.title, form.columns, rows, format_)

    return routes

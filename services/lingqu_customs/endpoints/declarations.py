"""`/v1/declarations`: what was declared, the state it is in, and what may be done with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import (
    ANSWERS,
    Stated,
    Text,
    Why,
    answer,
    readable,
    shown,
)
from lingqu.domain_service.filters import equal
from lingqu.domain_service.statements.noun import Document
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize
from lingqu.service.problems import problem
from lingqu_customs.codes.districts import Districts
from lingqu_customs.codes.receipts import ReceiptCodes
from lingqu_customs.declarations.complete import FOLDED
from lingqu_customs.declarations.desk import Desk, Order, UnknownDeclarationError
from lingqu_customs.declarations.known import Known, known_of
from lingqu_customs.declarations.standings import in_state, with_states
from lingqu_customs.endpoints.shown import instant
from lingqu_customs.endpoints.stated import Line
from lingqu_customs.endpoints.stating import Number, Room, add_declaring
from lingqu_customs.lifecycle.commands import Command, IllegalCommandError, legal_commands
from lingqu_customs.lifecycle.fold import Standing
from lingqu_customs.lifecycle.state import NAMES, State
from lingqu_customs.nouns import AMENDMENTS, DECLARATIONS
from lingqu_customs.numbers import Direction
from lingqu_customs.tables import AMENDMENT, DECLARATION

_ILLEGAL: dict[int | str, dict[str, Any]] = {
    409: {"description": "The state does not allow it; `legal` names what it does allow"}
}


class Change(Stated):
    """A field that an application asks to change."""

    field: Line
    before: Line | None = None
    after: Line | None = None


class CommandIn(Stated):
    """What somebody wants done; all but the command belongs to an application."""

    command: Command
    reason_code: Line | None = None
    reason: Line | None = None
    changes: list[Change] = Field(default_factory=list, max_length=100)
    applicant_uscc: Line | None = None


def router(
    room: Room,
    desk: Desk,
    writing: sessionmaker[Session],
    reading: sessionmaker[Session],
    districts: Districts,
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/declarations", tags=["declarations"])
    add_declaring(routes, room, "Declare, or revise what was declared")
    _add_listing(routes, room, reading)

    @routes.get("/{number}", summary="One declaration with its receipts and amendments")
    def show_declaration(number: Number) -> dict[str, Any]:
        with database_errors(), reading() as session:
            known = _found(session, number)
            steps = _steps(session, known.declaration_no)
        return _shown(known, desk.codes, districts, steps)

    @routes.post(
        "/{number}/commands",
        summary="Submit, pay, discard, apply for an amendment or a withdrawal, cancel that",
        responses=_ILLEGAL,
    )
    def command(number: Number, given: CommandIn) -> Response:
        said = given.document()
        order = Order(said.pop("command"), said)
        try:
            with database_errors(), writing.begin() as session:
                standing = desk.give(session, number, order)
        except IllegalCommandError as error:
            return problem(error.status, str(error), legal=error.legal)
        return Response(orjson.dumps(_told(standing)), media_type="application/json")

    @routes.delete("/{number}", summary="Take back what was declared by mistake", responses=ANSWERS)
    def withdraw(number: Number, reason: Why) -> Response:
        return answer(room.declarations.withdraw((number,), reason))

    return routes


def _add_listing(routes: APIRouter, room: Room, reading: sessionmaker[Session]) -> None:
    @routes.get("", summary="Declarations by number, other regions' among them")
    def list_declarations(
        *,
        state: State | None = None,
        direction: Direction | None = None,
        declare_office: Text | None = None,
        entry_exit_office: Text | None = None,
        consignment_no: Text | None = None,
        region: Annotated[Text | None, Query(description="who declared it")] = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        conditions = equal(
            DECLARATION,
            direction=direction,
            declare_office=declare_office,
            entry_exit_office=entry_exit_office,
            consignment_no=consignment_no,
            origin=region,
        )
        with database_errors(), reading() as session:
            listed = room.page(session, [*conditions, *in_state(state)], limit, cursor)
            items = list(with_states(session, listed.items))
        return shown(DECLARATIONS, items, listed.next)


def _found(session: Session, number: str) -> Known:
    """Return what is known under the number itself, else under the customs number."""
    known = known_of(session, [number])[number]
    if known.head is None and not known.receipts and not known.steps:
        columns = DECLARATION.c
        same = or_(columns.declaration_no == number, columns.customs_no == number)
        other = session.scalars(select(columns.declaration_no).where(same).limit(1)).one_or_none()
        if other is None:
            raise UnknownDeclarationError(number)
        known = known_of(session, [other])[other]
    return known


def _shown(
    known: Known, codes: ReceiptCodes, districts: Districts, steps: list[Document]
) -> dict[str, Any]:
    standing = known.standing(codes)
    head = known.head
    receipts = sorted(known.receipts, key=lambda each: (each.event_at_ms, each.received_at_ms))
    return {
        "declaration_no": known.declaration_no,
        **_told(standing),
        "declaration": None if head is None else _declared(head),
        "offices": {} if head is None else _offices(head, districts),
        "receipts": [
            {
                **each.document(),
                "meaning": codes.meaning(each.family, each.code).meaning,
                "event_at": instant(each.event_at_ms),
                "received_at": instant(each.received_at_ms),
            }
            for each in receipts
        ],
        "amendments": [readable(AMENDMENTS, each) for each in steps],
    }


def _declared(head: Document) -> Document:
    """Return what was declared, without the status that it had then."""
    told = readable(DECLARATIONS, head)
    return {name: value for name, value in told.items() if name not in FOLDED}


def _told(standing: Standing) -> dict[str, Any]:
    return {
        "state": standing.state,
        "state_name": NAMES[standing.state],
        "guaranteed": standing.guaranteed,
        "phase": standing.phase,
        "as_of": instant(standing.as_of_ms) if standing.as_of_ms else None,
        "anomalies": [each.sentence for each in standing.anomalies],
        "applications": {no: asdict(each) for no, each in standing.applications.items()},
        "legal_commands": legal_commands(standing),
    }


def _offices(head: Document, districts: Districts) -> dict[str, str]:
    codes = (head.get("declare_office"), head.get("entry_exit_office"))
    return {code: districts.name(code) for code in codes if code}


def _steps(session: Session, number: str) -> list[Document]:
    columns = AMENDMENT.c
    found = select(columns.document).where(
        columns.declaration_no == number, columns.change != "withdrawal"
    )
    rows = session.scalars(found.order_by(columns.event_at, columns.amendment_no, columns.step))
    return [orjson.loads(each) for each in rows]

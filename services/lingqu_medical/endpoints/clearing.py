"""`/v1/clearing`: statements by direction, fund and period, and how they go on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse
from pydantic import ConfigDict
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import Stated, Text
from lingqu.domain_service.endpoints.export import EXPORTED, ExportKind, export
from lingqu.domain_service.filters import equal
from lingqu.errors import NotFoundError
from lingqu.instants import days
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_medical.clearing import steps
from lingqu_medical.clearing.audit import disagreements
from lingqu_medical.clearing.desk import ClearingDesk, Signed
from lingqu_medical.clearing.lifecycle import MOVES, ClearingState
from lingqu_medical.clearing.net import net
from lingqu_medical.clearing.statement import StatementKey, key_of, statement_of
from lingqu_medical.endpoints.showing import shown
from lingqu_medical.endpoints.values import Code, Day, Period, Region
from lingqu_medical.forms.statements import STATEMENTS
from lingqu_medical.tables import CLEARING, CLEARING_STEP

_LISTING = "clearing"
_ONE = "/statements/{treatment_region}/{insured_region}/{insutype}/{period}"


class SignedIn(Stated):
    """Who states a step."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"organisation": "湖南省医疗保障事务中心(示例)", "person": "示例经办人"}]
        },
    )

    organisation: Text
    person: Text | None = None

    def signed(self) -> Signed:
        return Signed(self.organisation, self.person)


class GenerateIn(SignedIn):
    """A period to be stated, of all places of insurance or of one."""

    period: Period
    insured_region: Region | None = None


class ReturnIn(SignedIn):
    """Why a statement goes back."""

    reason: Text

    def signed(self) -> Signed:
        return Signed(self.organisation, self.person, reason=self.reason)


class PayIn(SignedIn):
    """The voucher of the payment of a statement's gross amount."""

    voucher_no: Text
    paid_on: Day

    def signed(self) -> Signed:
        return Signed(
            self.organisation,
            self.person,
            voucher_no=self.voucher_no,
            paid_on=days(self.paid_on),
        )


def _key(
    treatment_region: Region,
    insured_region: Region,
    insutype: Code,
    period: Period,
) -> StatementKey:
    return StatementKey(treatment_region, insured_region, insutype, period)


Key = Annotated[StatementKey, Depends(_key)]


def router(
    sessions: sessionmaker[Session], reading: sessionmaker[Session], desk: ClearingDesk
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/clearing", tags=["clearing"])
    _add_listings(routes, reading, desk)
    _add_steps(routes, sessions, desk)
    return routes


def _add_listings(routes: APIRouter, reading: sessionmaker[Session], desk: ClearingDesk) -> None:
    @routes.get("/statements", summary="Statements of both directions")
    def list_statements(
        *,
        treatment_region: Region | None = None,
        insured_region: Region | None = None,
        insutype: Code | None = None,
        period: Period | None = None,
        state: ClearingState | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        conditions = equal(
            CLEARING,
            treatment_region=treatment_region,
            insured_region=insured_region,
            insutype=insutype,
            period=period,
            state=state,
        )
        after = position_of(_LISTING, cursor)
        with database_errors(), reading() as session:
            found = steps.page(session, conditions, after, limit + 1)
        listed = page(_LISTING, found, limit, lambda event: tuple(key_of(event)))
        return {"items": [_with_ways(each) for each in listed.items], "next": listed.next}

    @routes.get(
        "/export",
        summary="Statements as a spreadsheet",
        response_class=FileResponse,
        responses=EXPORTED,
    )
    def export_statements(period: Period | None = None, kind: ExportKind = "xlsx") -> FileResponse:
        conditions = equal(CLEARING, period=period)
        with database_errors(), reading() as session:
            found = steps.every(session, conditions)
            return export("异地就医清算单", STATEMENTS, found, kind)

    @routes.get(_ONE, summary="One statement, beside what our own book comes to")
    def show(key: Key) -> dict[str, Any]:
        with database_errors(), reading() as session:
            return _detail(session, desk, key)

    @routes.get("/disagreements", summary="Statements that our book does not come to")
    def show_disagreements(period: Period | None = None) -> dict[str, Any]:
        """Recompute from the events; the statements themselves never change.

        What comes through the gateway or from a partner brings its own period and enters it, even
        where that was stated; what is stated here enters the next open one.
        """
        with database_errors(), reading() as session:
            return {"items": [each.fields() for each in disagreements(session, desk.book, period)]}

    @routes.get("/net", summary="What remains between two provinces: display only, never paid")
    def show_net(
        between: Annotated[Region, Query()],
        and_: Annotated[Region, Query(alias="and")],
        period: Period,
    ) -> dict[str, Any]:
        """Each fund apart; both directions are paid in full all the same."""
        with database_errors(), reading() as session:
            return {"items": net(session, desk.book, between, and_, period)}


def _add_steps(routes: APIRouter, sessions: sessionmaker[Session], desk: ClearingDesk) -> None:
    def step(key: StatementKey, wanted: ClearingState, said: SignedIn) -> dict[str, Any]:
        with database_errors(), sessions.begin() as session:
            return _with_ways(desk.step(session, key, wanted, said.signed()))

    @routes.post("/statements", summary="State a period that is over", status_code=201)
    def generate(asked: GenerateIn) -> dict[str, Any]:
        """Each direction to us and fund without a statement gets one; a returned one a new one."""
        with database_errors(), sessions.begin() as session:
            found = desk.generate(session, asked.period, asked.insured_region, asked.signed())
        return {"items": [_with_ways(each) for each in found]}

    @routes.post(f"{_ONE}/confirm", summary="Confirm, as the place of treatment or of insurance")
    def confirm(key: Key, said: SignedIn) -> dict[str, Any]:
        return step(key, desk.our_confirmation(key), said)

    @routes.post(f"{_ONE}/return", summary="Return it, as the place of insurance")
    def give_back(key: Key, said: ReturnIn) -> dict[str, Any]:
        return step(key, "returned", said)

    @routes.post(f"{_ONE}/request-funds", summary="Ask our treasury for the money")
    def request_funds(key: Key, said: SignedIn) -> dict[str, Any]:
        return step(key, "funds_requested", said)

    @routes.post(f"{_ONE}/pay", summary="Note that its gross amount was paid, and remit it")
    def pay(key: Key, said: PayIn) -> dict[str, Any]:
        """State its remittance too, unless its voucher was stated; the same again is a repeat.

        A statement that owes nothing has none: what goes back, the place of treatment states.
        """
        return step(key, "paid", said)

    @routes.post(f"{_ONE}/close", summary="Close it for ever, once the money has arrived")
    def close(key: Key, said: SignedIn) -> dict[str, Any]:
        return step(key, "closed", said)


def _detail(session: Session, desk: ClearingDesk, key: StatementKey) -> dict[str, Any]:
    stated = steps.standing(session, key)
    ours = desk.book.statement(session, key)
    if stated is None and not ours.lines and not ours.held_count:
        raise NotFoundError(f"no clearing statement {key}, and nothing was settled that it holds")
    said = desk.journal.find(session, steps.same_key(key, CLEARING_STEP))
    fund = key.insured_region, key.treatment_region, key.insutype, key.period
    paid = desk.remittances.of_fund(session, *fund)
    return {
        "statement": None if stated is None else _with_ways(stated),
        "ours": ours.fields(),
        "agrees": stated is not None and statement_of(stated) == ours,
        "steps": [shown(each) for each in said],
        "remittances": [shown(each) for each in paid],
    }


def _with_ways(event: dict[str, Any]) -> dict[str, Any]:
    """Return the statement with the states that may follow."""
    return shown(event) | {"possible": list(MOVES[event["state"]])}

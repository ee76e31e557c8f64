"""`/v1/clearing`: statements by direction, fund and period, and how they go on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.export import EXPORTED, ExportKind, export
from lingqu.domain_service.filters import equal
from lingqu.errors import NotFoundError
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_medical.clearing import steps
from lingqu_medical.clearing.audit import disagreements
from lingqu_medical.clearing.desk import ClearingDesk
from lingqu_medical.clearing.lifecycle import ClearingState
from lingqu_medical.clearing.net import net
from lingqu_medical.clearing.statement import StatementKey, key_of, statement_of
from lingqu_medical.endpoints.clearing_steps import ONE, Key, add_steps, with_ways
from lingqu_medical.endpoints.showing import shown
from lingqu_medical.endpoints.values import Code, Period, Region
from lingqu_medical.forms.statements import STATEMENTS
from lingqu_medical.tables import CLEARING, CLEARING_STEP

_LISTING = "clearing"


def router(
    sessions: sessionmaker[Session], reading: sessionmaker[Session], desk: ClearingDesk
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/clearing", tags=["clearing"])
    _add_listings(routes, reading)
    _add_recomputed(routes, reading, desk)
    add_steps(routes, sessions, desk)
    return routes


def _add_listings(routes: APIRouter, reading: sessionmaker[Session]) -> None:
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
        return {"items": [with_ways(each) for each in listed.items], "next": listed.next}

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


def _add_recomputed(routes: APIRouter, reading: sessionmaker[Session], desk: ClearingDesk) -> None:
    @routes.get(ONE, summary="One statement, beside what our own book comes to")
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


def _detail(session: Session, desk: ClearingDesk, key: StatementKey) -> dict[str, Any]:
    stated = steps.standing(session, key)
    ours = desk.book.statement(session, key)
    if stated is None and not ours.lines and not ours.held_count:
        raise NotFoundError(f"no clearing statement {key}, and nothing was settled that it holds")
    said = desk.journal.find(session, steps.same_key(key, CLEARING_STEP))
    fund = key.insured_region, key.treatment_region, key.insutype, key.period
    paid = desk.remittances.of_fund(session, *fund)
    return {
        "statement": None if stated is None else with_ways(stated),
        "ours": ours.fields(),
        "agrees": stated is not None and statement_of(stated) == ours,
        "steps": [shown(each) for each in said],
        "remittances": [shown(each) for each in paid],
    }

"""`/v1/reconciliations`: days reconciled with the other province and with the platform."""

from __future__ import annotations

from typing import Any, Literal

import orjson
from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.endpoints.declaring import Stated
from lingqu.domain_service.endpoints.export import EXPORTED, ExportKind, export
from lingqu.domain_service.filters import equal
from lingqu.service.database import database_errors
from lingqu.service.idempotency import Answer, IdempotencyKey, once
from lingqu.service.instants import Day
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_medical.endpoints.said import Said
from lingqu_medical.endpoints.showing import shown
from lingqu_medical.endpoints.values import Fen, Id, MaybeCode, Region
from lingqu_medical.forms.differences import DIFFERENCES
from lingqu_medical.reconciliations.compare import Row
from lingqu_medical.reconciliations.desk import PlatformRow, ReconciliationDesk
from lingqu_medical.reconciliations.scope import Scope
from lingqu_medical.tables import RECONCILIATION

PATH = "/v1/reconciliations"
_LISTING = "reconciliations"
_MOST_ROWS = 500_000


class RowIn(Stated):
    """A row of the platform's detailed account (3202)."""

    id: Id
    insutype: MaybeCode = ""
    clr_type: MaybeCode = ""
    refunded: bool = False
    medfee_sumamt_fen: Fen = 0
    fund_pay_sumamt_fen: Fen
    acct_pay_fen: Fen = 0
    msgid: Id | None = None

    def row(self) -> PlatformRow:
        amounts = self.medfee_sumamt_fen, self.fund_pay_sumamt_fen, self.acct_pay_fen
        return PlatformRow(
            self.insutype, self.clr_type, Row(self.id, self.refunded, *amounts), self.msgid
        )


class ReconcileIn(Said):
    """Two places and days of Beijing; with `platform`, its rows are held against ours."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "treatment_region": "43",
                    "insured_region": "44",
                    "from": "2026-10-18",
                    "to": "2026-10-18",
                    "organisation": "湖南省医疗保障事务中心(示例)",
                }
            ]
        },
    )

    treatment_region: Region
    insured_region: Region
    from_: Day = Field(alias="from")
    to: Day = Field(description="the last day")
    platform: list[RowIn] | None = Field(default=None, max_length=_MOST_ROWS)

    def scope(self) -> Scope:
        return Scope(self.treatment_region, self.insured_region, self.from_, self.to)


def router(
    sessions: sessionmaker[Session],
    reading: sessionmaker[Session],
    desk: ReconciliationDesk,
    clock: Clock,
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix=PATH, tags=["reconciliation"])
    _add_listings(routes, reading, desk)

    @routes.post("", summary="Reconcile days", status_code=201)
    def reconcile(asked: ReconcileIn, key: IdempotencyKey = None) -> Response:
        """Tell the other side our totals and rows, or hold the platform's rows against ours.

        What the platform proves or disproves decides the rectifications that wait for it.
        """

        def work(session: Session) -> str:
            if asked.platform is None:
                return desk.state(session, asked.scope(), asked.organisation)
            rows = [each.row() for each in asked.platform]
            return desk.against_platform(session, asked.scope(), rows, asked.organisation)

        with database_errors(), sessions.begin() as session:
            body = orjson.dumps(asked.model_dump(mode="json"))

            def answered() -> Answer:
                return Answer(201, orjson.dumps(_detail(session, desk, work(session))))

            found = once(session, "reconcile", key, body, clock.now(), answered)
        return found.response()

    @routes.post("/{reconciliation_id}/answer", summary="Answer the other side", status_code=201)
    def answer(reconciliation_id: Id, said: Said) -> dict[str, Any]:
        with database_errors(), sessions.begin() as session:
            id_ = desk.answer(session, reconciliation_id, said.organisation)
            return _detail(session, desk, id_)

    return routes


def _add_listings(
    routes: APIRouter, reading: sessionmaker[Session], desk: ReconciliationDesk
) -> None:
    columns = RECONCILIATION.c

    @routes.get("", summary="Reconciliations, ours and the other side's, oldest first")
    def list_reconciliations(
        *,
        origin: Region | None = None,
        step: Literal["stated", "answered"] | None = None,
        treatment_region: Region | None = None,
        insured_region: Region | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        conditions = equal(
            RECONCILIATION,
            origin=origin,
            step=step,
            treatment_region=treatment_region,
            insured_region=insured_region,
        )
        after = position_of(_LISTING, cursor)
        statement = select(columns.document).where(columns.part == 1, *conditions)
        if after is not None:
            statement = statement.where(columns.reconciliation_id > after[0])
        ordered = statement.order_by(columns.reconciliation_id).limit(limit + 1)
        with database_errors(), reading() as session:
            found = [orjson.loads(document) for document in session.scalars(ordered)]
        listed = page(_LISTING, found, limit, lambda event: (event["reconciliation_id"],))
        return {"items": [_in_short(each) for each in listed.items], "next": listed.next}

    @routes.get("/{reconciliation_id}", summary="One reconciliation with every differing row")
    def show(reconciliation_id: Id) -> dict[str, Any]:
        with database_errors(), reading() as session:
            return _detail(session, desk, reconciliation_id)

    @routes.get(
        "/{reconciliation_id}/export",
        summary="Its differing rows as a spreadsheet",
        response_class=FileResponse,
        responses=EXPORTED,
    )
    def export_differences(reconciliation_id: Id, kind: ExportKind = "xlsx") -> FileResponse:
        with database_errors(), reading() as session:
            found = desk.shown(session, reconciliation_id)["differences"]
        return export("异地就医对账差异", DIFFERENCES, found, kind)


def _detail(session: Session, desk: ReconciliationDesk, id_: str) -> dict[str, Any]:
    return shown(desk.shown(session, id_))


def _in_short(event: dict[str, Any]) -> dict[str, Any]:
    left_out = ("rows", "differences")
    return shown({name: value for name, value in event.items() if name not in left_out})

"""`/v1/remittances` and `/v1/prepayments`: money between the provinces' funds."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import Text
from lingqu.domain_service.filters import equal
from lingqu.service.database import database_errors
from lingqu.service.instants import Day
from lingqu_medical.calendar_file import Calendar
from lingqu_medical.clearing.book import Book
from lingqu_medical.endpoints.said import Said
from lingqu_medical.endpoints.showing import shown
from lingqu_medical.endpoints.values import Code, Id, Period, Region
from lingqu_medical.remittances.desk import RemittanceDesk, balances
from lingqu_medical.tables import REMITTANCE


class RemittanceIn(Said):
    """A payment of ours."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "remittance_id": "P44-示例-0002",
                    "kind": "prepayment",
                    "payee_region": "43",
                    "insutype": "310",
                    "amount_fen": 50000000,
                    "voucher_no": "示例凭证-0002",
                    "paid_on": "2026-09-01",
                }
            ]
        },
    )

    remittance_id: Id
    kind: Literal["clearing", "prepayment", "prepayment_return"]
    payee_region: Region
    insutype: Code
    period: Period | None = None
    amount_fen: int = Field(gt=0, le=10**15)
    voucher_no: Text
    paid_on: Day


class ReceivedIn(Said):
    """When a payment to us arrived."""

    received_on: Day


def router(
    sessions: sessionmaker[Session],
    reading: sessionmaker[Session],
    desk: RemittanceDesk,
    book: Book,
    calendar: Calendar,
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(tags=["money"])

    @routes.post("/v1/remittances", summary="State a payment of ours", status_code=201)
    def send(paid: RemittanceIn) -> dict[str, Any]:
        with database_errors(), sessions.begin() as session:
            return shown(desk.send(session, paid.fields()))

    @routes.post(
        "/v1/remittances/{payer_region}/{remittance_id}/receive",
        summary="Acknowledge a payment to us",
        status_code=201,
    )
    def receive(payer_region: Region, remittance_id: Id, said: ReceivedIn) -> dict[str, Any]:
        with database_errors(), sessions.begin() as session:
            return shown(desk.receive(session, payer_region, remittance_id, said.fields()))

    @routes.get("/v1/remittances", summary="Payments of both directions, what was said of them")
    def list_remittances(
        payer_region: Region | None = None, payee_region: Region | None = None
    ) -> dict[str, Any]:
        conditions = equal(REMITTANCE, payer_region=payer_region, payee_region=payee_region)
        with database_errors(), reading() as session:
            found = desk.journal.find(session, *conditions)
        return {"items": [shown(each) for each in found], "next": None}

    @routes.get("/v1/prepayments", summary="What is left of each prepayment, and which run low")
    def list_prepayments() -> dict[str, Any]:
        percent = calendar.prepayment_warn_percent
        with database_errors(), reading() as session:
            found = balances(session, book)
        return {
            "items": [
                {
                    "insured_region": each.insured_region,
                    "treatment_region": each.treatment_region,
                    "insutype": each.insutype,
                    "prepaid_fen": each.prepaid_fen,
                    "outstanding_fen": each.outstanding_fen,
                    "left_fen": each.left_fen,
                    "used_percent": each.used_percent,
                    "warn_percent": percent,
                    "warning": each.warns(percent),
                }
                for each in found
            ],
            "next": None,
        }

    return routes

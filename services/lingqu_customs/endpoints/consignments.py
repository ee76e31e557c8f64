"""`/v1/consignments`: what happened to a consignment, across documents, offices and regions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session, sessionmaker

from lingqu.errors import NotFoundError
from lingqu.service.database import database_errors
from lingqu_customs.codes.districts import Districts
from lingqu_customs.codes.receipts import ReceiptCodes
from lingqu_customs.consignments.timeline import timeline
from lingqu_customs.endpoints.shown import instant
from lingqu_customs.endpoints.stating import Number


def router(reading: sessionmaker[Session], codes: ReceiptCodes, districts: Districts) -> APIRouter:
    routes = APIRouter(prefix="/v1/consignments", tags=["consignments"])

    @routes.get("/{number}/timeline", summary="All that is known of a consignment, in order")
    def show_timeline(number: Number) -> dict[str, Any]:
        with database_errors(), reading() as session:
            entries = timeline(session, number, codes)
        if not entries:
            raise NotFoundError(f"nothing is known of consignment {number!r}; is its number right?")
        return {
            "consignment_no": number,
            "offices": list(dict.fromkeys(each.office for each in entries if each.office)),
            "regions": list(dict.fromkeys(each.origin for each in entries)),
            "entries": [
                {
                    "at": instant(each.at_ms),
                    "kind": each.kind,
                    "number": each.number,
                    "what": each.what,
                    "office": each.office,
                    "office_name": None if each.office is None else districts.name(each.office),
                    "region": each.origin,
                    "event_id": each.event_id,
                }
                for each in entries
            ],
        }

    return routes

"""`/v1/transits`: goods under customs transit, one story told by the offices at both ends."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.endpoints.declaring import Text, readable, shown
from lingqu.domain_service.filters import equal
from lingqu.errors import NotFoundError
from lingqu.instants import milliseconds
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_customs.codes.districts import Districts
from lingqu_customs.endpoints.shown import instant
from lingqu_customs.endpoints.stating import Number, Room, add_declaring
from lingqu_customs.nouns import TRANSITS
from lingqu_customs.tables import TRANSIT
from lingqu_customs.transits.overdue import overdue_legs
from lingqu_customs.transits.story import Leg, legs_of

_LISTING = "overdue"


def router(
    room: Room, reading: sessionmaker[Session], districts: Districts, clock: Clock
) -> APIRouter:
    routes = APIRouter(prefix="/v1/transits", tags=["transits"])
    add_declaring(routes, room, "Tell steps of transits")

    def now_ms() -> int:
        return milliseconds(clock.now())

    @routes.get("", summary="Steps by transit, leg and step")
    def list_transits(
        *,
        declaration_no: Text | None = None,
        consignment_no: Text | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        of_it = {"declaration_no": declaration_no, "consignment_no": consignment_no}
        with database_errors(), reading() as session:
            listed = room.page(session, equal(TRANSIT, **of_it), limit, cursor)
        return shown(TRANSITS, listed.items, listed.next)

    @routes.get("/overdue", summary="Legs that should have arrived and have not")
    def list_overdue(limit: PageSize = 100, cursor: PageCursor = None) -> dict[str, Any]:
        with database_errors(), reading() as session:
            after = position_of(_LISTING, cursor)
            found = overdue_legs(session, now_ms(), after, limit + 1)
        listed = page(_LISTING, found, limit, lambda row: (row.transit_no, row.leg))
        items = [
            {
                "transit_no": row.transit_no,
                "leg": row.leg,
                "from_office": row.from_office,
                "to_office": row.to_office,
                "to_office_name": districts.name(row.to_office),
                "due_at": instant(row.due_at),
                "overdue_s": (now_ms() - row.due_at) // 1000,
                "declaration_no": row.declaration_no,
                "consignment_no": row.consignment_no,
                "origin": row.origin,
            }
            for row in listed.items
        ]
        return {"items": items, "next": listed.next}

    @routes.get("/{number}", summary="One transit, whoever told its steps")
    def show_transit(number: Number) -> dict[str, Any]:
        columns = TRANSIT.c
        wanted = select(columns.document).where(
            columns.transit_no == number, columns.change != "withdrawal"
        )
        with database_errors(), reading() as session:
            steps = [orjson.loads(each) for each in session.scalars(wanted)]
        if not steps:
            raise NotFoundError(f"nobody told of transit {number!r}; POST /v1/transits tells")
        legs = legs_of(steps, now_ms())
        return {"transit_no": number, "legs": [_shown(leg, districts) for leg in legs]}

    return routes


def _shown(leg: Leg, districts: Districts) -> dict[str, Any]:
    return {
        "leg": leg.number,
        "state": leg.state,
        "from_office": leg.from_office,
        "from_office_name": districts.name(leg.from_office),
        "to_office": leg.to_office,
        "to_office_name": districts.name(leg.to_office),
        "due_at": None if leg.due_at_ms is None else instant(leg.due_at_ms),
        "overdue": leg.overdue,
        "anomalies": leg.anomalies,
        "steps": [readable(TRANSITS, each) for each in leg.steps],
    }

"""`/v1/inspections`: inspected goods, from the application to the port's word of their arrival."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import Text, readable
from lingqu.domain_service.filters import equal
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import NotFoundError
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize
from lingqu_customs.endpoints.shown import instant
from lingqu_customs.endpoints.stating import Number, Room, add_declaring
from lingqu_customs.nouns import INSPECTIONS
from lingqu_customs.tables import INSPECTION


def router(room: Room, reading: sessionmaker[Session]) -> APIRouter:
    routes = APIRouter(prefix="/v1/inspections", tags=["inspections"])
    add_declaring(routes, room, "Tell steps of inspections, arrival among them")

    @routes.get("", summary="Steps by inspection")
    def list_inspections(
        *,
        destination: Text | None = None,
        declaration_no: Text | None = None,
        consignment_no: Text | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        conditions = equal(
            INSPECTION,
            destination=destination,
            declaration_no=declaration_no,
            consignment_no=consignment_no,
        )
        with database_errors(), reading() as session:
            listed = room.page(session, conditions, limit, cursor)
        return {"items": [_shown(each) for each in listed.items], "next": listed.next}

    @routes.get("/{number}", summary="One inspection with what the port found")
    def show_inspection(number: Number) -> dict[str, Any]:
        with database_errors(), reading() as session:
            of_it = equal(INSPECTION, inspection_no=number)
            steps = room.declarations.shelf.page(session, of_it, None, 10)
        if not steps:
            raise NotFoundError(f"nobody told of inspection {number!r}; POST /v1/inspections tells")
        ordered = sorted(steps, key=lambda each: (each["event_at"], each["step"]))
        return {
            "inspection_no": number,
            "step": ordered[-1]["step"],
            "arrived": any(each["step"] == "arrived" for each in ordered),
            "steps": [_shown(each) for each in ordered],
        }

    return routes


def _shown(event: Document) -> Document:
    told = readable(INSPECTIONS, event)
    feedback = told.get("feedback")
    if feedback is not None:
        told["feedback"] = feedback | {"arrived_at": instant(feedback["arrived_at"])}
    return told

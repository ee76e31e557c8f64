"""`/v1/amendments`: steps of amendments and withdrawals, as customs told them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import Text, shown
from lingqu.domain_service.filters import equal
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize
from lingqu_customs.endpoints.stating import Room, add_declaring
from lingqu_customs.lifecycle.facts import AmendmentKind, Step
from lingqu_customs.nouns import AMENDMENTS
from lingqu_customs.tables import AMENDMENT


def router(room: Room, reading: sessionmaker[Session]) -> APIRouter:
    routes = APIRouter(prefix="/v1/amendments", tags=["amendments"])
    add_declaring(routes, room, "Tell steps of amendments and withdrawals")

    @routes.get("", summary="Steps by declaration, amendment and step")
    def list_amendments(
        *,
        declaration_no: Text | None = None,
        kind: AmendmentKind | None = None,
        step: Step | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        conditions = equal(AMENDMENT, declaration_no=declaration_no, kind=kind, step=step)
        with database_errors(), reading() as session:
            listed = room.page(session, conditions, limit, cursor)
        return shown(AMENDMENTS, listed.items, listed.next)

    return routes

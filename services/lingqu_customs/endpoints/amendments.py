"""`/v1/amendments`: steps of amendments and withdrawals, as customs told them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import Text, shown
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_customs.endpoints.stating import Room, add_declaring
from lingqu_customs.lifecycle.facts import AmendmentKind, Step
from lingqu_customs.nouns import AMENDMENTS
from lingqu_customs.tables import AMENDMENT

_LISTING = "amendments"


def router(room: Room, reading: sessionmaker[Session]) -> APIRouter:
    routes = APIRouter(prefix="/v1/amendments", tags=["amendments"])
    add_declaring(routes, room, "Tell steps of amendments and withdrawals")
    shelf, columns = Shelf(AMENDMENTS), AMENDMENT.c

    @routes.get("", summary="Steps by declaration, amendment and step")
    def list_amendments(
        *,
        declaration_no: Text | None = None,
        kind: AmendmentKind | None = None,
        step: Step | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        wanted = {"declaration_no": declaration_no, "kind": kind, "step": step}
        conditions = [columns[name] == value for name, value in wanted.items() if value is not None]
        with database_errors(), reading() as session:
            found = shelf.page(session, conditions, position_of(_LISTING, cursor), limit + 1)
        listed = page(_LISTING, found, limit, AMENDMENTS.key_of)
        return shown(AMENDMENTS, listed.items, listed.next)

    return routes

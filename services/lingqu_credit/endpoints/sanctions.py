"""`/v1/sanctions`: uses of measures, fed back by whoever used them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import readable
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_credit.endpoints.codes import WantedUscc
from lingqu_credit.sanctions.uses import SANCTION_NOUN, Uses
from lingqu_credit.subjects.masking import masked
from lingqu_credit.tables import SANCTION

_LISTING = "sanctions"


def router(uses: Uses, reading: sessionmaker[Session]) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/sanctions", tags=["sanctions"])

    @routes.get("", summary="Uses of measures by id, of this and other regions")
    def list_uses(
        *,
        record_id: Annotated[str | None, Query(max_length=100)] = None,
        uscc: WantedUscc = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        wanted = {"record_id": record_id, "uscc": uscc}
        conditions = [SANCTION.c[name] == told for name, told in wanted.items() if told is not None]
        with database_errors(), reading() as session:
            found = uses.shelf.page(session, conditions, position_of(_LISTING, cursor), limit + 1)
        listed = page(_LISTING, found, limit, SANCTION_NOUN.key_of)
        items = [masked(readable(SANCTION_NOUN, each)) for each in listed.items]
        return {"items": items, "next": listed.next}

    return routes

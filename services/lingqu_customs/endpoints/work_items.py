"""`/v1/work-items`: receipts and amendments that did not follow, for somebody to look into."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from sqlalchemy import Row
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.endpoints.declaring import Stated, Text
from lingqu.domain_service.filters import equal
from lingqu.instants import milliseconds
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_customs.declarations.work_items import close_item, items_page
from lingqu_customs.endpoints.shown import instant
from lingqu_customs.endpoints.stated import Line
from lingqu_customs.tables import WORK_ITEM

_LISTING = "work-items"
ItemId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class Closing(Stated):
    """What came of looking into it."""

    note: Line


def router(
    writing: sessionmaker[Session], reading: sessionmaker[Session], clock: Clock
) -> APIRouter:
    routes = APIRouter(prefix="/v1/work-items", tags=["work items"])

    @routes.get("", summary="Work items, the oldest first")
    def list_items(
        *,
        state: Literal["open", "handled", "explained"] | None = None,
        declaration_no: Text | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        conditions = equal(WORK_ITEM, state=state, declaration_no=declaration_no)
        with database_errors(), reading() as session:
            found = items_page(session, conditions, position_of(_LISTING, cursor), limit + 1)
        listed = page(_LISTING, found, limit, lambda row: (row.opened_at_ms, row.item_id))
        return {"items": [_shown(row) for row in listed.items], "next": listed.next}

    @routes.post("/{item_id}/close", summary="Close one with a note")
    def close(item_id: ItemId, closing: Closing) -> dict[str, Any]:
        now_ms = milliseconds(clock.now())
        with database_errors(), writing.begin() as session:
            return _shown(close_item(session, item_id, closing.note, now_ms))

    return routes


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "item_id": row.item_id,
        "declaration_no": row.declaration_no,
        "sentence": row.sentence,
        "state": row.state,
        "opened_at": instant(row.opened_at_ms),
        "closed_at": None if row.closed_at_ms is None else instant(row.closed_at_ms),
        "note": row.note,
    }

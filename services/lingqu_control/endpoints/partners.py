"""Partners, to look at."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select

from lingqu.agreements.region_file import Partner
from lingqu.errors import NotFoundError
from lingqu.service.paging import Page, PageCursor, PageSize, page, position_of
from lingqu_control.desk import Desk
from lingqu_control.tables import PartnerRow

_LISTING = "partners"


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1/partners", tags=["partners"])

    @routes.get("", summary="Partners by id")
    def list_partners(limit: PageSize = 100, cursor: PageCursor = None) -> Page[Partner]:
        (after,) = position_of(_LISTING, cursor) or ("",)
        found = select(PartnerRow).where(PartnerRow.id > after).order_by(PartnerRow.id)
        with desk.reading() as records:
            rows = records.session.scalars(found.limit(limit + 1)).all()
            partners = [Partner.model_validate(row.document) for row in rows]
        return page(_LISTING, partners, limit, lambda one: (one.id,))

    @routes.get("/{partner_id}", summary="One partner")
    def show_partner(partner_id: str) -> Partner:
        with desk.reading() as records:
            row = records.session.get(PartnerRow, partner_id)
        if row is None:
            raise NotFoundError(f"no partner named {partner_id!r}; apply a document with it")
        return Partner.model_validate(row.document)

    return routes

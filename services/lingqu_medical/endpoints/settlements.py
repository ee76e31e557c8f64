"""`/v1/settlements`: what was settled here, and what other provinces settled with our people."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.responses import FileResponse
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import ANSWERS, MOST, readable
from lingqu.domain_service.endpoints.export import EXPORTED, ExportKind, export
from lingqu.domain_service.endpoints.pages import page_of
from lingqu.domain_service.filters import equal
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import NotFoundError
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize
from lingqu_medical.endpoints.statements_in import SettlementIn
from lingqu_medical.endpoints.taking import take_all
from lingqu_medical.endpoints.values import Code, Id, Period, Region
from lingqu_medical.nouns import SETTLEMENTS
from lingqu_medical.personal import masked
from lingqu_medical.settlements.take import Settlements
from lingqu_medical.tables import SETTLEMENT


def wanted(
    *,
    insured_region: Region | None = None,
    treatment_region: Region | None = None,
    insutype: Code | None = None,
    period: Period | None = None,
    held: Annotated[bool | None, Query(description="held back: it does not balance")] = None,
) -> list[ColumnElement[bool]]:
    """Return the conditions that a query states."""
    return equal(
        SETTLEMENT,
        insured_region=insured_region,
        treatment_region=treatment_region,
        insutype=insutype,
        period=period,
        held=held,
    )


Wanted = Annotated[list[ColumnElement[bool]], Depends(wanted)]


def router(
    sessions: sessionmaker[Session],
    reading: sessionmaker[Session],
    settlements: Settlements,
    exported: tuple[Column, ...],
    personal: frozenset[str],
) -> APIRouter:
    """Return the routes; `exported` are the columns of the spreadsheet, none about a person."""
    routes = APIRouter(prefix="/v1/settlements", tags=["settlements"])
    shelf = settlements.shelf

    @routes.post("", summary="State settlements made here", responses=ANSWERS)
    def state(
        stated: Annotated[list[SettlementIn], Body(min_length=1, max_length=MOST)],
    ) -> Response:
        """Amounts that do not balance are flagged and held back from clearing, never refused."""
        return take_all(sessions, settlements.take, [each.document() for each in stated])

    @routes.get("", summary="Settlements by id, names masked")
    def list_settlements(
        conditions: Wanted, limit: PageSize = 100, cursor: PageCursor = None
    ) -> dict[str, Any]:
        with database_errors(), reading() as session:
            listed = page_of(session, SETTLEMENTS, shelf, conditions, limit, cursor)
        items = [masked(readable(SETTLEMENTS, each), personal) for each in listed.items]
        return {"items": items, "next": listed.next}

    @routes.get(
        "/export",
        summary="Settlements as a spreadsheet, nothing about the person in it",
        response_class=FileResponse,
        responses=EXPORTED,
    )
    def export_settlements(conditions: Wanted, kind: ExportKind = "xlsx") -> FileResponse:
        with database_errors(), reading() as session:
            return export("异地就医结算", exported, shelf.all(session, conditions), kind)

    @routes.get("/{treatment_region}/{setl_id}", summary="One settlement")
    def show(treatment_region: Region, setl_id: Id) -> Document:
        with database_errors(), reading() as session:
            found = shelf.document(session, (treatment_region, setl_id))
        if found is None:
            raise NotFoundError(
                f"there is no settlement {setl_id!r}; the treatment place states it"
            )
        return readable(SETTLEMENTS, found)

    return routes

"""`/v1/reversals`: settlements cancelled, calls rectified, and which of these wait for proof."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Response
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import ANSWERS, MOST, readable, shown
from lingqu.domain_service.endpoints.pages import page_of
from lingqu.domain_service.filters import equal
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import NotFoundError
from lingqu.service.database import database_errors
from lingqu.service.paging import PageCursor, PageSize
from lingqu_medical.endpoints.statements_in import ReversalIn
from lingqu_medical.endpoints.taking import take_all
from lingqu_medical.endpoints.values import Id, Period, Region
from lingqu_medical.nouns import REVERSALS
from lingqu_medical.reversals.take import Reversals
from lingqu_medical.tables import REVERSAL

State = Literal["requested", "pending_reconciliation", "proved", "disproved"]


def router(
    sessions: sessionmaker[Session], reading: sessionmaker[Session], reversals: Reversals
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/reversals", tags=["reversals"])
    shelf = reversals.shelf

    @routes.post("", summary="Cancel settlements, or rectify calls", responses=ANSWERS)
    def state(
        stated: Annotated[list[ReversalIn], Body(min_length=1, max_length=MOST)],
    ) -> Response:
        """Take all or none; a cancellation takes effect at once, a rectification once proved."""
        return take_all(sessions, reversals.take, [each.document() for each in stated])

    @routes.get("", summary="Reversals by id")
    def list_reversals(
        *,
        insured_region: Region | None = None,
        treatment_region: Region | None = None,
        setl_id: Id | None = None,
        kind: Literal["cancel", "rectify"] | None = None,
        state: State | None = None,
        period: Period | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        conditions = equal(
            REVERSAL,
            insured_region=insured_region,
            treatment_region=treatment_region,
            setl_id=setl_id,
            kind=kind,
            state=state,
            period=period,
        )
        with database_errors(), reading() as session:
            listed = page_of(session, REVERSALS, shelf, conditions, limit, cursor)
        return shown(REVERSALS, listed.items, listed.next)

    @routes.get("/{treatment_region}/{reversal_id}", summary="One reversal")
    def show(treatment_region: Region, reversal_id: Id) -> Document:
        with database_errors(), reading() as session:
            found = shelf.document(session, (treatment_region, reversal_id))
        if found is None:
            raise NotFoundError(
                f"there is no reversal {reversal_id!r}; the treatment place states it"
            )
        return readable(REVERSALS, found)

    return routes

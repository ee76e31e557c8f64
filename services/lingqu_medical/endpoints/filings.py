"""`/v1/filings`: filings for treatment in another province, and the benefit ratio they give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Body, Response
from pydantic import ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import china_day
from lingqu.domain_service.endpoints.declaring import ANSWERS, MOST, Stated, Text, readable
from lingqu.domain_service.endpoints.pages import page_of
from lingqu.domain_service.filters import equal
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import NotFoundError
from lingqu.service.database import database_errors
from lingqu.service.instants import Instant
from lingqu.service.paging import PageCursor, PageSize
from lingqu_medical.endpoints.statements_in import FilingIn
from lingqu_medical.endpoints.taking import take_all
from lingqu_medical.endpoints.values import Division, Id, Region
from lingqu_medical.filings.benefit import Benefits
from lingqu_medical.filings.take import Filings
from lingqu_medical.nouns import FILINGS
from lingqu_medical.personal import masked
from lingqu_medical.tables import FILING


class BenefitIn(Stated):
    """Whose treatment, and when: by the filing's id or the person's insurance number."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "insuplc_admdvs": "441900",
                    "treated_at": "2026-10-18T16:20:00+08:00",
                    "filing_id": "F44-示例-0001",
                }
            ]
        },
    )

    insuplc_admdvs: Division
    treated_at: Instant
    filing_id: Id | None = None
    psn_no: Text | None = None


def router(
    sessions: sessionmaker[Session],
    reading: sessionmaker[Session],
    filings: Filings,
    benefits: Benefits,
    personal: frozenset[str],
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/filings", tags=["filings"])

    @routes.post("", summary="State filings of our people, or how they ended", responses=ANSWERS)
    def state(stated: Annotated[list[FilingIn], Body(min_length=1, max_length=MOST)]) -> Response:
        return take_all(sessions, filings.take, [each.document() for each in stated])

    @routes.get("", summary="Filings by id, names masked")
    def list_filings(
        *,
        insured_region: Region | None = None,
        treatment_region: Region | None = None,
        state: Literal["valid", "changed", "cancelled", "expired"] | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        conditions = equal(
            FILING, insured_region=insured_region, treatment_region=treatment_region, state=state
        )
        with database_errors(), reading() as session:
            listed = page_of(session, FILINGS, filings.shelf, conditions, limit, cursor)
        items = [masked(readable(FILINGS, each), personal) for each in listed.items]
        return {"items": items, "next": listed.next}

    @routes.post("/benefit", summary="Which benefit ratio a treatment has")
    def benefit(asked: BenefitIn) -> dict[str, Any]:
        """By the filing in force on the Beijing day; the ratio is null where nobody loaded one."""
        with database_errors(), reading() as session:
            covering = _of_whom(session, asked)
        return _benefit(benefits, covering, asked.insuplc_admdvs, asked.treated_at)

    @routes.get("/{insured_region}/{filing_id}", summary="One filing")
    def show(insured_region: Region, filing_id: Id) -> Document:
        with database_errors(), reading() as session:
            found = filings.shelf.document(session, (insured_region, filing_id))
        if found is None:
            raise NotFoundError(
                f"there is no filing {filing_id!r}; the place of insurance states it"
            )
        return readable(FILINGS, found)

    return routes


def _of_whom(session: Session, asked: BenefitIn) -> list[Document]:
    columns = FILING.c
    condition = (
        columns.filing_id == asked.filing_id
        if asked.filing_id is not None
        else columns.psn_no == (asked.psn_no or "")
    )
    insured = columns.insured_region == asked.insuplc_admdvs[:2]
    found = session.scalars(select(columns.document).where(insured, condition))
    return [orjson.loads(document) for document in found]


def _benefit(
    benefits: Benefits, filings: list[Document], division: str, treated_at: datetime
) -> dict[str, Any]:
    day = china_day(treated_at)
    of = benefits.type_on(filings, day)
    ratio = benefits.ratio(division, of, day)
    return {
        "benefit_type": of,
        "day": day.isoformat(),
        "ratio": None if ratio is None else str(ratio),
        "source": benefits.source,
        "verified": benefits.verified,
    }

"""Readings looked up: those that stand, and all that was stated about one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session, sessionmaker

from lingqu.errors import NotFoundError
from lingqu.instants import milliseconds
from lingqu.service.instants import Instant
from lingqu.service.paging import PageCursor, PageSize
from lingqu_water.endpoints.sections import SectionQuery
from lingqu_water.endpoints.statement import (
    SHOWN,
    Level,
    Method,
    RegionCode,
    Text,
    Validity,
    WaterClass,
    shown,
    shown_statement,
)
from lingqu_water.readings.history import statements_of
from lingqu_water.readings.page import Filters, readings_page

Moment = Annotated[Instant | None, Query(examples=["2026-03-01T00:00:00+08:00"])]
Filter = Annotated[str | None, Query(max_length=200)]


def _example(members: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"example": members}}}}


_LISTED = _example({"items": [SHOWN], "next": None})
_STATED = _example({"items": [{"stands": True, **SHOWN}]})


def router(reading: sessionmaker[Session]) -> APIRouter:
    """Return the routes by which readings are found; `reading` makes read-only sessions."""
    routes = APIRouter(prefix="/v1/readings", tags=["readings"])

    @routes.get("", summary="The readings that stand, the latest first", responses=_LISTED)
    def list_readings(
        *,
        section: SectionQuery = None,
        region: Annotated[RegionCode | None, Query()] = None,
        basin: Filter = None,
        river: Filter = None,
        from_: Annotated[Moment, Query(alias="from")] = None,
        to: Moment = None,
        class_: Annotated[WaterClass | None, Query(alias="class")] = None,
        worse_than: Annotated[WaterClass | None, Query()] = None,
        item: Annotated[str | None, Query(pattern=r"^\w{1,40}$", examples=["w01019"])] = None,
        level: Annotated[Level | None, Query()] = None,
        validity: Annotated[Validity | None, Query()] = None,
        method: Annotated[Method | None, Query()] = None,
        event_id: Filter = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        """Return readings with the class judged here, which need not be the published one."""
        filters = Filters(
            section=section,
            region=region,
            basin=basin,
            river=river,
            from_ms=milliseconds(from_) if from_ else None,
            until_ms=milliseconds(to) if to else None,
            water_class=class_,
            worse_than=worse_than,
            item=item,
            level=level,
            validity=validity,
            method=method,
            event_id=event_id,
        )
        with reading() as session:
            page = readings_page(session, filters, limit, cursor)
        return {"items": [shown(each) for each in page.items], "next": page.next}

    @routes.get("/history", summary="All that was stated about one reading", responses=_STATED)
    def history(section: Text, sampled_at: Instant, method: Method) -> dict[str, Any]:
        with reading() as session:
            found = statements_of(session, (section, milliseconds(sampled_at), method))
        if not found:
            raise NotFoundError(
                f"nothing was stated about {section} at that time by {method}; GET /v1/readings "
                "lists what was"
            )
        return {"items": [shown_statement(each) for each in found]}

    return routes

"""Data quality, to look at."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from lingqu.clock import china_day
from lingqu.service.paging import Page, PageCursor, PageSize, page, position_of
from lingqu_control.desk import Desk
from lingqu_control.quality.scorecard import (
    Days,
    QualityAnswer,
    Scorecard,
    Wanted,
    listed,
    scorecard,
)

_LISTING = "quality"
_SCORE = {
    "accepted": 5,
    "refused": 2,
    "repeats": 1,
    "revisions": 1,
    "withdrawals": 0,
    "timed": 4,
    "on_time": 3,
    "completeness_percent": 60.0,
    "validity_percent": 71.43,
    "timeliness_percent": 75.0,
    "refused_by": {"value_not_negative": 1, "wrong_region": 1},
    "fields": {"value": {"filled": 3, "asked": 5, "percent": 60.0}},
}
_PLACE = {"contract": "demo.reading", "origin": "43", "producer": "gateway"}
_PAGE: dict[str, Any] = {
    "items": [{"day": "2026-11-22", **_PLACE, "score": _SCORE}],
    "next": None,
}
_CARD: dict[str, Any] = {
    "contract": "demo.reading",
    "title": "演示",
    "first_day": "2026-10-24",
    "last_day": "2026-11-22",
    "latency_s": 14400,
    "promised_completeness_percent": 95.0,
    "score": _SCORE,
    "days": [{"day": "2026-11-22", "score": _SCORE}],
    "producers": [{"origin": "43", "producer": "gateway", "score": _SCORE}],
}

_DAYS = "a day of China's time; up to today, and thirty days, where it is left out"
FromDay = Annotated[
    date | None, Query(alias="from", description=f"from {_DAYS}", examples=["2026-11-01"])
]
ToDay = Annotated[
    date | None, Query(alias="to", description=f"to {_DAYS}", examples=["2026-11-30"])
]
Name = Annotated[str | None, Query(max_length=255)]


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1/quality", tags=["quality"])

    def days(first: date | None, last: date | None) -> Days:
        return Days.of(first, last, china_day(desk.hub.clock.now()))

    @routes.get(
        "",
        summary="Scores by day, contract, origin region and producer",
        description="What was accepted and refused, up to ten seconds ago; no items, no events.",
        responses={200: {"content": {"application/json": {"example": _PAGE}}}},
    )
    def list_scores(
        contract: Name = None,
        origin: Name = None,
        producer: Name = None,
        first: FromDay = None,
        last: ToDay = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> Page[QualityAnswer]:
        wanted = Wanted(days(first, last), contract, origin, producer)
        after = [str(part) for part in position_of(_LISTING, cursor) or ()]
        with desk.store.reading() as session:
            found = listed(session, wanted, after, limit + 1)
        return page(
            _LISTING, found, limit, lambda one: (one.day, one.contract, one.origin, one.producer)
        )

    @routes.get(
        "/{contract}",
        summary="The scorecard of a contract, by day and by producer",
        responses={200: {"content": {"application/json": {"example": _CARD}}}},
    )
    def show_scorecard(
        contract: Annotated[str, Path(max_length=255, examples=["demo.reading"])],
        origin: Name = None,
        producer: Name = None,
        first: FromDay = None,
        last: ToDay = None,
    ) -> Scorecard:
        known = desk.hub.catalogue.contract(contract)
        wanted = Wanted(days(first, last), known.name, origin, producer)
        with desk.store.reading() as session:
            return scorecard(session, known, wanted)

    return routes

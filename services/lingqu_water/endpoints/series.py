"""One item of one section over time, beside the limits it is held against: a chart's data."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session, sessionmaker

from lingqu.errors import InputError, NotFoundError
from lingqu.instants import milliseconds
from lingqu.service.instants import Instant
from lingqu_water.endpoints.statement import Method, Text, instant
from lingqu_water.judgement.classify import Judge
from lingqu_water.judgement.standard import Limit, standard_on
from lingqu_water.judgement.water_class import CLASSES
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.judge import day_of
from lingqu_water.readings.places import Place, find_place
from lingqu_water.readings.store import ReadingStore

LONGEST = timedelta(days=366)

_POINT = {
    "at": "2026-03-01T04:00:00.000+00:00",
    "value": 2.42,
    "flag": "measured",
    "detection_limit": None,
    "validity": "valid",
    "level": "raw",
    "method": "auto",
    "event_id": "0197b1de-7c00-8000-8000-000000000001",
}
_EXAMPLE = {
    "section": "43-里耶镇",
    "kind": "river",
    "item": {"code": "w01019", "name_zh": "高锰酸盐指数", "name_en": "CODMn", "unit": "mg/L"},
    "limits": {"standard": "GB 3838-2002", "comparison": "at_most", "classes": {"Ⅰ": 2, "Ⅱ": 4}},
    "points": [_POINT],
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": _EXAMPLE}}},
    404: {"description": "No such section or item"},
}


def router(reading: sessionmaker[Session], judge: Judge) -> APIRouter:
    """Return the route; limits are those in force at the end of the series."""
    routes = APIRouter(prefix="/v1/series", tags=["series"])
    store = ReadingStore()

    @routes.get("", summary="An item's values against its limits", responses=_ANSWERS)
    def series(
        section: Text,
        item: Annotated[str, Query(max_length=40, examples=["w01019"])],
        from_: Annotated[Instant, Query(alias="from")],
        to: Instant,
        method: Annotated[list[Method] | None, Query()] = None,
    ) -> dict[str, Any]:
        if not timedelta(0) < to - from_ <= LONGEST:
            raise InputError(f"a series spans up to {LONGEST.days} days, `from` before `to`")
        until_ms = milliseconds(to)
        with reading() as session:
            place = find_place(session, section)
            if place is None:
                raise NotFoundError(f"there is no section {section!r}; see /v1/sections")
            found = store.between(session, section, milliseconds(from_), until_ms, methods=method)
        return {
            "section": section,
            "kind": place.kind,
            "item": _item(judge, item),
            "limits": _limits(judge, place, item, until_ms),
            "points": [point for each in found for point in _points(each, item)],
        }

    return routes


def _item(judge: Judge, code: str) -> dict[str, Any]:
    spec = judge.items.by_code.get(code)
    if spec is None:
        raise NotFoundError(f"there is no item {code!r}; GET /v1/items lists the codes there are")
    return {
        "code": code,
        "name_zh": spec.name_zh,
        "name_en": spec.name_en,
        "unit": spec.unit,
    }


def _limits(judge: Judge, place: Place, code: str, until_ms: int) -> dict[str, Any] | None:
    standard = standard_on(judge.standards, day_of(until_ms - 1))
    limit = standard.limits_of(place.kind).get(code) if standard else None
    if standard is None or limit is None:
        return None
    return {"standard": standard.name, "comparison": limit.comparison, "classes": _classes(limit)}


def _classes(limit: Limit) -> dict[str, Any]:
    """Return the limit of each class; a range is the same for all five."""
    if limit.comparison == "range":
        return {name: list(limit.bounds) for name in CLASSES[:5]}
    return dict(zip(CLASSES[:5], limit.bounds, strict=True))


def _points(reading: StoredReading, code: str) -> list[dict[str, Any]]:
    return [
        {
            "at": instant(reading.sampled_at_ms),
            "value": item.value,
            "unit": item.unit,
            "flag": item.flag,
            "detection_limit": item.detection_limit,
            "validity": reading.validity,
            "level": reading.data_level,
            "method": reading.method,
            "event_id": reading.event_id,
        }
        for item in reading.items
        if item.code == code and not reading.withdrawn
    ]

"""`/v1/zones`: water function zones, their targets and whether they keep them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.endpoints.declaring import (
    ANSWERS,
    MOST,
    Stated,
    Text,
    Why,
    answer,
    shown,
)
from lingqu.domain_service.statements.declarations import Declarations
from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.errors import NotFoundError
from lingqu.service.database import database_errors
from lingqu.service.instants import Instant
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_water.declared.noun import ZONE
from lingqu_water.sections.table import RegionCode, WaterClass

_LISTING = "zones"
_EXAMPLE: dict[str, Any] = {
    "zone_code": "43-酉水渝湘缓冲区",
    "zone_name": "酉水渝湘缓冲区",
    "zone_kind": "buffer",
    "basin": "长江流域",
    "river": "酉水",
    "water_body": "river",
    "from_place": "省界",
    "to_place": "里耶镇",
    "length_km": 10.5,
    "reporting_region": "43",
    "regions": ["50", "43"],
    "upstream_region": "50",
    "downstream_regions": ["43"],
    "section_codes": ["43-里耶镇"],
    "target_class": "Ⅲ",
    "result": "met",
    "assessed_period": "2026-10",
    "assessed_class": "Ⅱ",
    "assessed_by_org": "湖南省水文水资源勘测中心",
}
Result = Literal["met", "not_met", "insufficient", "not_assessed"]
PublishedClass = Literal["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"]
Period = Annotated[str, Field(pattern=r"^\d{4}(-\d{2})?$")]


class ZoneIn(Stated):
    """A function zone, with what came of its last assessment."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    zone_code: Text
    zone_name: Text
    zone_kind: Literal["protection", "reserve", "buffer", "development", "unknown"] = "unknown"
    zone_use: Text | None = None
    basin: Text | None = None
    river: Text
    water_body: Literal["river", "lake", "unknown"] = "unknown"
    from_place: Text
    to_place: Text
    length_km: float | None = None
    area_km2: float | None = None
    reporting_region: RegionCode
    regions: list[RegionCode] = Field(default_factory=list)
    upstream_region: RegionCode | None = None
    downstream_regions: list[RegionCode] = Field(default_factory=list)
    section_codes: list[Text] = Field(default_factory=list)
    target_class: WaterClass
    result: Result = "not_assessed"
    assessed_period: Period | None = Field(default=None, examples=["2026-10", "2026"])
    assessed_class: PublishedClass | None = None
    failing_items: list[Text] = Field(default_factory=list)
    assessed_by_org: Text | None = None
    assessed_at: Instant | None = None


def router(zones: Declarations, reading: sessionmaker[Session]) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/zones", tags=["zones"])
    shelf, columns = Shelf(ZONE), ZONE.table.c

    @routes.post("", summary="Declare zones, or what was found of them", responses=ANSWERS)
    def declare(
        stated: Annotated[list[ZoneIn], Body(min_length=1, max_length=MOST)],
    ) -> Response:
        """Take all or none; a known zone is revised, and its event names what it replaces."""
        return answer(zones.declare([each.document() for each in stated]))

    @routes.get("", summary="Zones by code, neighbours' among them")
    def list_zones(
        *,
        region: Annotated[str | None, Query(description="who reports it")] = None,
        river: str | None = None,
        basin: str | None = None,
        target_class: WaterClass | None = None,
        result: Result | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        wanted = {
            "reporting_region": region,
            "river": river,
            "basin": basin,
            "target_class": target_class,
            "result": result,
        }
        conditions = [columns[name] == value for name, value in wanted.items() if value is not None]
        with database_errors(), reading() as session:
            found = shelf.page(session, conditions, position_of(_LISTING, cursor), limit + 1)
        listed = page(_LISTING, found, limit, ZONE.key_of)
        return shown(ZONE, listed.items, listed.next)

    @routes.get("/{code}", summary="One zone")
    def show_zone(code: str) -> Document:
        with database_errors(), reading() as session:
            found = shelf.page(session, [columns.zone_code == code], None, 1)
        if not found:
            raise NotFoundError(f"no zone {code!r} is declared; declare it with POST /v1/zones")
        (one,) = shown(ZONE, found, None)["items"]
        return dict(one)

    @routes.delete("/{code}", summary="Withdraw a zone", responses=ANSWERS)
    def withdraw(code: str, reason: Why) -> Response:
        return answer(zones.withdraw((code,), reason))

    return routes

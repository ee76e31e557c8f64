"""`/v1/resources`: quantity, flow, level and the like, by station and time."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, ConfigDict, Field
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
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.instants import milliseconds
from lingqu.service.database import database_errors
from lingqu.service.instants import Instant
from lingqu.service.paging import PageCursor, PageSize, page, position_of
from lingqu_water.declared.noun import RESOURCES
from lingqu_water.sections.table import RegionCode

_LISTING = "resources"
_EXAMPLE: dict[str, Any] = {
    "station_code": "43-桃源",
    "station_name": "桃源",
    "station_kind": "hydrological",
    "reporting_region": "43",
    "basin": "长江流域",
    "river": "沅江",
    "period": "instant",
    "observed_at": "2026-03-01T08:00:00+08:00",
    "data_level": "raw",
    "validity": "valid",
    "measures": [
        {"quantity": "level", "value": 38.42, "unit": "m", "datum": "1985国家高程基准"},
        {"quantity": "flow", "value": 1840.0, "unit": "m³/s"},
    ],
}
Kind = Literal["hydrological", "reservoir", "section", "intake", "region", "unknown"]
Quantity = Literal[
    "level", "flow", "inflow", "outflow", "storage", "volume", "rainfall", "evaporation",
    "abstraction", "return_flow",
]  # fmt: skip
Span = Literal["instant", "hour", "day", "ten_days", "month", "year"]
Level = Literal["raw", "reviewed", "final"]


class MeasureIn(BaseModel):
    """One figure, with its unit."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    quantity: Quantity
    value: float | None = None
    unit: Text
    flag: Literal["measured", "estimated", "no_value"] = "measured"
    statistic: Literal["value", "mean", "minimum", "maximum", "total"] = "value"
    datum: Text | None = None


class ResourceIn(Stated):
    """What one station or region tells of a moment or a period."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    station_code: Text
    station_name: Text
    station_kind: Kind = "unknown"
    reporting_region: RegionCode
    basin: Text | None = None
    river: Text | None = None
    section_code: Text | None = None
    zone_code: Text | None = None
    period: Span = "instant"
    observed_at: Instant = Field(description="the moment, or the end of the period")
    from_at: Instant | None = Field(default=None, description="the start of a period")
    data_level: Level = "raw"
    validity: Literal["valid", "doubtful", "invalid"] = "valid"
    validity_reason: Text | None = None
    observer_name: Text | None = None
    measures: list[MeasureIn] = Field(default_factory=list, max_length=100)


Moment = Annotated[Instant | None, Query(examples=["2026-03-01T00:00:00+08:00"])]


def router(resources: Declarations, reading: sessionmaker[Session]) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/resources", tags=["resources"])
    shelf, columns = Shelf(RESOURCES), RESOURCES.table.c

    @routes.post("", summary="Declare figures of stations", responses=ANSWERS)
    def declare(
        stated: Annotated[list[ResourceIn], Body(min_length=1, max_length=MOST)],
    ) -> Response:
        """Take all or none; figures of a known station, time and period are revised."""
        return answer(resources.declare([each.document() for each in stated]))

    @routes.get("", summary="Figures by station and time, neighbours' among them")
    def list_resources(
        *,
        station: str | None = None,
        region: Annotated[str | None, Query(description="who reports it")] = None,
        river: str | None = None,
        section: Annotated[str | None, Query(description="its section of water quality")] = None,
        kind: Kind | None = None,
        period: Span | None = None,
        level: Level | None = None,
        from_: Annotated[Moment, Query(alias="from")] = None,
        to: Moment = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> dict[str, Any]:
        wanted = {
            "station_code": station,
            "reporting_region": region,
            "river": river,
            "section_code": section,
            "station_kind": kind,
            "period": period,
            "data_level": level,
        }
        conditions = [columns[name] == value for name, value in wanted.items() if value is not None]
        if from_ is not None:
            conditions.append(columns.observed_at >= milliseconds(from_))
        if to is not None:
            conditions.append(columns.observed_at < milliseconds(to))
        with database_errors(), reading() as session:
            found = shelf.page(session, conditions, position_of(_LISTING, cursor), limit + 1)
        listed = page(_LISTING, found, limit, RESOURCES.key_of)
        return shown(RESOURCES, listed.items, listed.next)

    @routes.delete("/{station}", summary="Withdraw the figures of one time", responses=ANSWERS)
    def withdraw(
        station: str,
        observed_at: Annotated[Instant, Query()],
        reason: Why,
        period: Span = "instant",
    ) -> Response:
        return answer(resources.withdraw((station, milliseconds(observed_at), period), reason))

    return routes

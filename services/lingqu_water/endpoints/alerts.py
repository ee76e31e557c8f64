"""`/v1/alerts`: what programs remarked on readings, ours and others', and what people do about it.

An alert is not an incident: no level here is one of an emergency.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session, sessionmaker

from lingqu.instants import milliseconds
from lingqu.service.database import database_errors
from lingqu.service.instants import Instant
from lingqu.service.paging import PageCursor, PageSize
from lingqu_water.alerts.acts import ActName, Status
from lingqu_water.alerts.desk import AlertDesk
from lingqu_water.alerts.page import AlertFilter, alerts_page
from lingqu_water.alerts.scale import Level
from lingqu_water.endpoints.alert_answers import detail_of, shown_alert
from lingqu_water.endpoints.sections import SectionQuery
from lingqu_water.endpoints.statement import RegionCode, Text
from lingqu_water.sections.table import Regions

_ID = "8a1e1a54-3f1c-5b0e-9c53-2f5a3c1d7e10"
EXAMPLE: dict[str, Any] = {
    "alert_id": _ID,
    "direction": "own",
    "origin": "43",
    "section_code": "43-里耶镇",
    "section_name": "里耶镇",
    "item_code": "w01019",
    "item_name": "高锰酸盐指数",
    "level": "超标",
    "state": "open",
    "judgement": "undecided",
    "suspect": True,
    "suspect_reason": "停站或维护前后数值保持 13.6 不变",
    "data_level": "raw",
    "remark": "未经审核",
    "started_at": "2026-04-02T08:00:00.000+00:00",
    "ended_at": None,
    "value": 13.6,
    "unit": "mg/L",
    "target_class": "Ⅲ",
    "limit_high": 6.0,
    "multiple": 2.2667,
    "downstream_regions": ["43"],
}
_DETAIL = EXAMPLE | {
    "possible": ["acknowledge"],
    "regions": [{"region": "44", "name": "广东省", "acknowledged": False}],
    "history": [{"change": "first", "level": "超标", "state": "open", "suspect": False}],
}

AlertId = Annotated[str, Path(max_length=100, examples=[_ID])]
Filter = Annotated[str | None, Query(max_length=200)]
Moment = Annotated[Instant | None, Query(examples=["2026-04-01T00:00:00+08:00"])]


class Deed(BaseModel):
    """Who does it, and what there is to say of it; a false alarm is explained."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"who": "张三", "note": "已通知站点复测"}]}
    )

    who: Text = Field(description="the person on duty")
    note: Text | None = None


def _filter(
    *,
    state: Annotated[list[Status] | None, Query(description="one or several")] = None,
    level: Annotated[list[Level] | None, Query(description="one or several")] = None,
    section: SectionQuery = None,
    region: Annotated[
        RegionCode | None, Query(description="whom it is for, or who told it", examples=["44"])
    ] = None,
    item: Annotated[str | None, Query(pattern=r"^\w{1,40}$", examples=["w01019"])] = None,
    river: Filter = None,
    direction: Literal["own", "received"] | None = None,
    suspect: bool | None = None,
    withdrawn: Annotated[bool, Query(description="those that corrected readings ended")] = False,
    from_: Annotated[Moment, Query(alias="from")] = None,
    to: Moment = None,
) -> AlertFilter:
    return AlertFilter(
        states=state,
        levels=level,
        section=section,
        region=region,
        item=item,
        river=river,
        direction=direction,
        suspect=suspect,
        withdrawn=withdrawn,
        from_ms=milliseconds(from_) if from_ else None,
        until_ms=milliseconds(to) if to else None,
    )


Wanted = Annotated[AlertFilter, Depends(_filter)]


def router(
    reading: sessionmaker[Session], desk: AlertDesk, region: str, regions: Regions
) -> APIRouter:
    """Return the routes; `region` is the hub's own."""
    routes = APIRouter(prefix="/v1/alerts", tags=["alerts"])

    def detail(alert_id: str) -> dict[str, Any]:
        with database_errors(), reading() as session:
            return detail_of(session, alert_id, region, regions)

    @routes.get("", summary="Alerts, the latest first", responses=_example({"items": [EXAMPLE]}))
    def list_alerts(
        wanted: Wanted, limit: PageSize = 100, cursor: PageCursor = None
    ) -> dict[str, Any]:
        with database_errors(), reading() as session:
            page = alerts_page(session, wanted, limit, cursor)
        return {"items": [shown_alert(each) for each in page.items], "next": page.next}

    @routes.get(
        "/{alert_id}",
        summary="One alert: its history, what may be done, and which regions acknowledged it",
        responses=_example(_DETAIL),
    )
    def show_alert(alert_id: AlertId) -> dict[str, Any]:
        return detail(alert_id)

    for path, name, summary in _ACTS:
        routes.post(path, summary=summary, responses=_example(_DETAIL), name=name)(
            _doing(desk, name, detail)
        )
    return routes


_ACTS: tuple[tuple[str, ActName, str], ...] = (
    ("/{alert_id}/acknowledge", "acknowledge", "Say that somebody has seen it; ours or another's"),
    ("/{alert_id}/verify", "verify", "Find it true; of an acknowledged one of ours"),
    ("/{alert_id}/false-alarm", "false_alarm", "Find it false, and say why; of one of ours"),
    ("/{alert_id}/clear", "clear", "End a judged one of ours before the readings do"),
)


def _doing(
    desk: AlertDesk, name: ActName, detail: Callable[[str], dict[str, Any]]
) -> Callable[..., dict[str, Any]]:
    def do(alert_id: AlertId, deed: Deed) -> dict[str, Any]:
        desk.act(alert_id, name, deed.who, deed.note)
        return detail(alert_id)

    return do


def _example(answer: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"example": answer}}}}

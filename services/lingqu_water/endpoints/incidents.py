"""`/v1/incidents`: emergencies, declared by people, reported on, and acknowledged downstream.

An incident is not an alert: no reading declares one, and none sets its level.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session, sessionmaker

from lingqu.instants import milliseconds
from lingqu.service.database import database_errors
from lingqu.service.idempotency import IdempotencyKey
from lingqu.service.instants import Instant
from lingqu.service.paging import PageCursor, PageSize
from lingqu_water.endpoints.alerts import Deed
from lingqu_water.endpoints.incident_answers import incident_detail, shown_incident
from lingqu_water.endpoints.posted import Posted
from lingqu_water.endpoints.statement import RegionCode
from lingqu_water.incidents.contents import Changes, Contents, Entry, Line, Passage
from lingqu_water.incidents.desk import IncidentDesk, Later
from lingqu_water.incidents.level import EmergencyLevel
from lingqu_water.incidents.lifecycle import State
from lingqu_water.incidents.page import IncidentFilter, incidents_page
from lingqu_water.sections.table import Regions

_NUMBER = "43-20260402-3f2a9c"
_FIRST: dict[str, Any] = {
    "title": "示例河铊浓度异常事件",
    "emergency_level": "Ⅱ",
    "happened_at": "2026-04-02T14:30:00+08:00",
    "place": "示例县示例镇",
    "section_codes": ["43-示例断面"],
    "river": "武江",
    "affected_regions": ["44"],
    "cause": "正在排查",
    "situation": "示例断面铊浓度升高,正向下游迁移",
    "pollutants": [{"name": "铊", "item_code": "w20089", "value": 0.0003, "unit": "mg/L"}],
    "sensitive_sites": [{"name": "示例水厂取水口", "region": "44", "distance_km": 46}],
    "measures": "关停涉事企业排口,加密监测",
    "declared_by": "示例市生态环境局",
    "contact_name": "示例甲",
    "contact_phone": "00000000000",
    "signed_off_by": "示例乙",
}
_LATER: dict[str, Any] = {
    "report_type": "续报",
    "situation": "浓度已下降",
    "measures": "继续加密监测",
    "signed_off_by": "示例乙",
}
_SHOWN = {
    "incident_id": _NUMBER,
    "direction": "own",
    "origin": "43",
    "state": "reported",
    "title": _FIRST["title"],
    "emergency_level": "Ⅱ",
    "colour": "橙",
    "reports": 1,
}
_DETAIL = _SHOWN | {
    "possible": ["续报", "处理结果报告", "更正", "撤回"],
    "overdue": [],
    "regions": [{"region": "44", "name": "广东省", "waiting_for_report": 1, "overdue": False}],
}

IncidentId = Annotated[str, Path(max_length=100, examples=[_NUMBER])]
Moment = Annotated[Instant | None, Query(examples=["2026-04-01T00:00:00+08:00"])]


class Declaration(Contents):
    """A first report (初报). Regions downstream of its sections are added to those named."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_FIRST]})

    incident_id: Annotated[str, Field(pattern=r"^[\w.-]{1,60}$")] | None = Field(
        default=None, description="an official number, where there is one"
    )


class LaterReport(Changes):
    """A 续报 or 处理结果报告; what it leaves out is as the report before said it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_LATER]})

    report_type: Later
    situation: Passage


class Withdrawal(Entry):
    """Takes back an incident that was declared in error."""

    reason: Passage
    signed_off_by: Line


def _filter(
    *,
    state: Annotated[list[State] | None, Query(description="one or several")] = None,
    level: Annotated[list[EmergencyLevel] | None, Query(description="one or several")] = None,
    region: Annotated[
        RegionCode | None, Query(description="whom it was reported to, or who declared it")
    ] = None,
    river: Annotated[str | None, Query(max_length=200)] = None,
    direction: Literal["own", "received"] | None = None,
    from_: Annotated[Moment, Query(alias="from")] = None,
    to: Moment = None,
) -> IncidentFilter:
    return IncidentFilter(
        states=state,
        levels=[str(each) for each in level] if level else None,
        region=region,
        river=river,
        direction=direction,
        from_ms=milliseconds(from_) if from_ else None,
        until_ms=milliseconds(to) if to else None,
    )


Wanted = Annotated[IncidentFilter, Depends(_filter)]


def router(
    writing: sessionmaker[Session],
    reading: sessionmaker[Session],
    desk: IncidentDesk,
    regions: Regions,
) -> APIRouter:
    """Return the routes; each declaration is one transaction, and told with its commit."""
    routes = APIRouter(prefix="/v1/incidents", tags=["incidents"])
    posted = Posted(writing, desk.clock)
    _add_looks(routes, reading, desk, regions)

    def detail(session: Session, incident_id: str) -> dict[str, Any]:
        return incident_detail(session, incident_id, desk, regions)

    @routes.post("", summary="Declare an incident (初报)", status_code=201, responses=_CREATED)
    def declare(given: Declaration, key: IdempotencyKey = None) -> Response:
        def work(session: Session) -> dict[str, Any]:
            return detail(session, desk.declare(session, given, given.incident_id))

        return posted.once("incidents", key, given, work).response()

    @routes.post(
        "/{incident_id}/reports",
        summary="Add a 续报, or the 处理结果报告",
        status_code=201,
        responses=_CREATED,
    )
    def report(incident_id: IncidentId, given: LaterReport, key: IdempotencyKey = None) -> Response:
        def work(session: Session) -> dict[str, Any]:
            desk.report(session, incident_id, given.report_type, given)
            return detail(session, incident_id)

        return posted.once(f"reports of {incident_id}", key, given, work).response()

    @routes.post("/{incident_id}/reports/{number}/correct", summary="Tell a report anew (更正)")
    def correct(incident_id: IncidentId, number: int, given: Changes) -> dict[str, Any]:
        with database_errors(), writing.begin() as session:
            desk.correct(session, incident_id, number, given)
            return detail(session, incident_id)

    @routes.post("/{incident_id}/withdraw", summary="Take it back, declared in error (撤回)")
    def withdraw(incident_id: IncidentId, given: Withdrawal) -> dict[str, Any]:
        with database_errors(), writing.begin() as session:
            desk.withdraw(session, incident_id, given.reason, given.signed_off_by)
            return detail(session, incident_id)

    @routes.post(
        "/{incident_id}/acknowledge", summary="Acknowledge another region's last report (签收)"
    )
    def acknowledge(incident_id: IncidentId, given: Deed) -> dict[str, Any]:
        with database_errors(), writing.begin() as session:
            desk.acknowledge(session, incident_id, given.who, given.note)
            return detail(session, incident_id)

    return routes


def _add_looks(
    routes: APIRouter, reading: sessionmaker[Session], desk: IncidentDesk, regions: Regions
) -> None:
    @routes.get("", summary="Incidents, the latest first", responses=_example({"items": [_SHOWN]}))
    def list_incidents(
        wanted: Wanted, limit: PageSize = 100, cursor: PageCursor = None
    ) -> dict[str, Any]:
        with database_errors(), reading() as session:
            page = incidents_page(session, wanted, limit, cursor)
        return {"items": [shown_incident(each) for each in page.items], "next": page.next}

    @routes.get(
        "/{incident_id}",
        summary="One incident: its reports, what may be done, and who has acknowledged it",
        responses=_example(_DETAIL),
    )
    def show_incident(incident_id: IncidentId) -> dict[str, Any]:
        with database_errors(), reading() as session:
            return incident_detail(session, incident_id, desk, regions)


def _example(answer: dict[str, Any], status: int = 200) -> dict[int | str, dict[str, Any]]:
    return {status: {"content": {"application/json": {"example": answer}}}}


_CREATED = _example(_DETAIL, 201)

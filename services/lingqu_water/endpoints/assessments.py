"""Monthly assessments: looked up, and asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from lingqu.service.paging import Page, PageCursor, PageSize, page, position_of
from lingqu_water.assessments.desk import ALL_SECTIONS, AssessmentDesk
from lingqu_water.assessments.publish import Published
from lingqu_water.assessments.rates import PassRate
from lingqu_water.assessments.store import Kept, Wanted
from lingqu_water.endpoints.sections import SectionQuery
from lingqu_water.judgement.labels import BasinState

_LISTING = "assessments"
_PATTERN = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"
WrittenMonth = Annotated[str, Field(pattern=_PATTERN, examples=["2025-07"])]
MonthQuery = Annotated[str | None, Query(pattern=_PATTERN, examples=["2025-07"])]
RegionQuery = Annotated[str | None, Query(max_length=22, examples=["43"])]
BasinQuery = Annotated[str | None, Query(max_length=40, examples=["长江流域"])]

_EXAMPLE: dict[str, Any] = {
    "section_code": "43-里耶镇",
    "month": "2025-07",
    "version": 2,
    "standing": True,
    "event_id": "0197b1de-7c00-7000-8000-000000000a03",
    "change": "revision",
    "supersedes": "0197b1de-7c00-7000-8000-000000000a01",
    "assessed_at_ms": 1754874000000,
    "status": "assessed",
    "reason": None,
    "final_readings": 180,
    "expected_readings": 186,
    "water_class": "Ⅱ",
    "label": "优",
    "target_class": "Ⅲ",
    "met": True,
    "partial": False,
}


class Asked(BaseModel):
    """Which section's month to assess; `all` are those with readings in it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"section": "all", "month": "2025-07"}]}
    )

    section: str = Field(ALL_SECTIONS, max_length=200)
    month: WrittenMonth


class AssessmentAnswer(BaseModel):
    """One version of an assessment: the fields of `water.assessment`, and its event."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_EXAMPLE]})

    section_code: str
    month: str
    version: int
    standing: bool
    event_id: str
    change: str
    supersedes: str | None
    assessed_at_ms: int
    status: str
    water_class: str | None
    target_class: str | None
    met: bool | None


class Outcome(BaseModel):
    """What asking for an assessment came to."""

    section_code: str
    outcome: Literal["first", "revision", "withdrawal", "unchanged"]
    status: str
    water_class: str | None
    reason: str | None


class Outcomes(BaseModel):
    """What asking came to, section by section."""

    month: str
    assessed: int
    insufficient: int
    published: int
    items: list[Outcome]


class BasinAnswer(BaseModel):
    """A basin's state by the sections that were assessed; too few have no label."""

    basin: str | None
    sections: int
    good_percent: float | None = Field(description="sections of class Ⅰ to Ⅲ")
    worst_percent: float | None = Field(description="sections of class 劣Ⅴ")
    label: str | None


def router(desk: AssessmentDesk) -> APIRouter:
    """Return the routes over this desk."""
    routes = APIRouter(prefix="/v1/assessments", tags=["assessments"])
    _add_looks(routes, desk)

    @routes.post("", summary="Assess a month, and publish what is new")
    def ask(asked: Asked) -> Outcomes:
        return _outcomes(asked.month, desk.ask(asked.section, asked.month))

    return routes


def _add_looks(routes: APIRouter, desk: AssessmentDesk) -> None:
    @routes.get("", summary="Assessments that stand, the newest month first")
    def list_assessments(
        *,
        section: SectionQuery = None,
        month: MonthQuery = None,
        from_month: MonthQuery = None,
        until_month: MonthQuery = None,
        region: RegionQuery = None,
        basin: BasinQuery = None,
        status: Literal["assessed", "insufficient"] | None = None,
        water_class: Literal["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"] | None = None,
        met: bool | None = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> Page[AssessmentAnswer]:
        wanted = Wanted(
            section=section,
            from_month=month or from_month,
            until_month=month or until_month,
            region=region,
            basin=basin,
            status=status,
            water_class=water_class,
            met=met,
        )
        position = position_of(_LISTING, cursor)
        after = (str(position[0]), str(position[-1])) if position else None
        rows = [_answer(each) for each in desk.page(wanted, after, limit + 1)]
        return page(_LISTING, rows, limit, lambda row: (row.month, row.section_code))

    @routes.get("/basins", summary="The state of each basin in a month")
    def list_basins(
        month: Annotated[str, Query(pattern=_PATTERN)], region: RegionQuery = None
    ) -> list[BasinAnswer]:
        return [_basin(name, state) for name, state in desk.basins(month, region).items()]

    @routes.get("/pass-rates", summary="Of how many months each section met its target")
    def list_pass_rates(
        from_month: Annotated[str, Query(pattern=_PATTERN)],
        until_month: Annotated[str, Query(pattern=_PATTERN)],
        section: SectionQuery = None,
        region: RegionQuery = None,
        basin: BasinQuery = None,
    ) -> list[PassRate]:
        return desk.rates(
            Wanted(
                section=section,
                from_month=from_month,
                until_month=until_month,
                region=region,
                basin=basin,
            )
        )

    @routes.get("/{section_code}/{month}", summary="All versions of one, the newest first")
    def show_assessment(section_code: str, month: WrittenMonth) -> list[AssessmentAnswer]:
        return [_answer(each) for each in desk.versions(section_code, month)]


def _answer(kept: Kept) -> AssessmentAnswer:
    document: dict[str, Any] = {
        **kept.document,
        "version": kept.version,
        "standing": kept.standing,
        "event_id": kept.event_id,
        "change": kept.change,
        "supersedes": kept.supersedes,
        "assessed_at_ms": kept.assessed_at_ms,
    }
    return AssessmentAnswer.model_validate(document)


def _outcomes(month: str, published: Iterable[Published]) -> Outcomes:
    items = [_outcome(each) for each in published]
    assessed = sum(each.status == "assessed" for each in items)
    return Outcomes(
        month=month,
        assessed=assessed,
        insufficient=len(items) - assessed,
        published=sum(each.outcome != "unchanged" for each in items),
        items=items,
    )


def _outcome(published: Published) -> Outcome:
    document = published.kept.document
    return Outcome(
        section_code=published.kept.section_code,
        outcome=published.outcome,
        status=document["status"],
        water_class=document["water_class"],
        reason=document["reason"],
    )


def _basin(name: str | None, state: BasinState) -> BasinAnswer:
    return BasinAnswer(
        basin=name,
        sections=state.sections,
        good_percent=state.good_percent,
        worst_percent=state.worst_percent,
        label=state.label,
    )

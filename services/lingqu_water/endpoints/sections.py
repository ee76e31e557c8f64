"""`/v1/sections`: where water is measured, which limits apply, and whom it reaches next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from lingqu.errors import NotFoundError
from lingqu.service.paging import Page, PageCursor, PageSize, page, position_of
from lingqu_water.sections.describing import Rejudged
from lingqu_water.sections.model import Kind, Section
from lingqu_water.sections.store import SectionFilter, Sections
from lingqu_water.sections.table import RegionCode, WaterClass

_LISTING = "sections"
_EXAMPLE: dict[str, Any] = {
    "name": "里耶镇",
    "reporting_region": "43",
    "kind": "river",
    "basin": "长江流域",
    "river": "酉水",
    "upstream_region": "50",
    "downstream_regions": ["43"],
    "function_zone": None,
    "target_class": "Ⅲ",
    "source": "酉水渝湘协议,按Ⅲ类考核",
    "verified": True,
}
Code = Annotated[str, Path(max_length=120, examples=["43-里耶镇"])]
SectionQuery = Annotated[
    str | None,
    Query(max_length=200, description="a section's code or name", examples=["43-里耶镇"]),
]


class SectionTerms(BaseModel):
    """What an operator declares of a section; `source` says how it is known."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: str = Field(min_length=1, max_length=100)
    reporting_region: RegionCode
    kind: Kind = "river"
    basin: str | None = None
    river: str | None = None
    upstream_region: RegionCode | None = None
    downstream_regions: tuple[RegionCode, ...] = ()
    function_zone: str | None = None
    target_class: WaterClass | None = None
    source: str = Field(min_length=1, max_length=400)
    verified: bool = True

    def section(self, code: str) -> Section:
        return Section(code=code, **self.model_dump())


class SectionShown(SectionTerms):
    """A section as the table has it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "43-里耶镇", **_EXAMPLE}]})

    code: str
    reporting_region: str
    source: str


class SectionDeclared(SectionShown):
    """A section as it was declared, and how much was judged otherwise by it."""

    rejudged: Rejudged


def _filter(
    region: Annotated[str | None, Query(description="who reports it", examples=["43"])] = None,
    river: Annotated[str | None, Query(examples=["酉水"])] = None,
    basin: Annotated[str | None, Query(examples=["长江流域"])] = None,
    kind: Kind | None = None,
    downstream_of: Annotated[
        str | None, Query(description="the region its water comes from", examples=["50"])
    ] = None,
    upstream_of: Annotated[
        str | None, Query(description="a region its water goes to", examples=["44"])
    ] = None,
    target_class: WaterClass | None = None,
    verified: Annotated[
        bool | None, Query(description="false: what awaits a check by an operator")
    ] = None,
) -> SectionFilter:
    return SectionFilter(
        region, river, basin, kind, downstream_of, upstream_of, target_class, verified
    )


Wanted = Annotated[SectionFilter, Depends(_filter)]


def router(sections: Sections, put: Callable[[Section], Rejudged]) -> APIRouter:
    """Return the routes over the table of sections; `put` writes one, and judges anew by it."""
    routes = APIRouter(prefix="/v1/sections", tags=["sections"])

    @routes.get("", summary="Sections by code")
    def list_sections(
        wanted: Wanted, limit: PageSize = 100, cursor: PageCursor = None
    ) -> Page[SectionShown]:
        (after,) = position_of(_LISTING, cursor) or ("",)
        found = sections.page(wanted, str(after), limit + 1)
        return page(_LISTING, [_shown(each) for each in found], limit, lambda one: (one.code,))

    @routes.get("/{code}", summary="One section")
    def show_section(code: Code) -> SectionShown:
        found = sections.find(code)
        if found is None:
            raise NotFoundError(
                f"no section {code!r} is described, and no reading came from it; "
                "declare it with PUT"
            )
        return _shown(found)

    @routes.put("/{code}", summary="Declare a section, or correct what is known of it")
    def put_section(code: Code, terms: SectionTerms) -> SectionDeclared:
        """Judge by it what is there and what comes: another kind or target class changes classes.

        Its readings and standing assessments are judged anew, and alerts on what is going on.
        """
        section = terms.section(code)
        rejudged = put(section)
        return SectionDeclared.model_construct(**asdict(section), rejudged=rejudged)

    return routes


def _shown(section: Section) -> SectionShown:
    return SectionShown.model_construct(**asdict(section))

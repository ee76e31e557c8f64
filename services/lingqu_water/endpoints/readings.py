"""Readings: stated, reviewed, and looked up."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.errors import InputError, NotFoundError, Reason, ReasonCode
from lingqu.service.idempotency import Answer, IdempotencyKey
from lingqu.service.paging import PageCursor, PageSize
from lingqu_water.endpoints.statement import (
    EXAMPLE,
    Level,
    Method,
    ReadingIn,
    RegionCode,
    Text,
    Validity,
    WaterClass,
    milliseconds,
    shown,
    shown_statement,
)
from lingqu_water.imports.importing import Mode
from lingqu_water.readings.history import statements_of
from lingqu_water.readings.model import Reading
from lingqu_water.readings.page import Filters, readings_page
from lingqu_water.readings.posting import MOST, Posting
from lingqu_water.readings.review import Stretch, Verdict, review
from lingqu_water.readings.take import Readings

Moment = Annotated[AwareDatetime | None, Query(examples=["2026-03-01T00:00:00+08:00"])]
Filter = Annotated[str | None, Query(max_length=200)]


class ReviewIn(BaseModel):
    """A review of the readings of one section, from the one moment to before the other."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    section: Text = Field(examples=["43-里耶镇"])
    from_: AwareDatetime = Field(alias="from", examples=["2026-03-01T00:00:00+08:00"])
    to: AwareDatetime = Field(examples=["2026-04-01T00:00:00+08:00"])
    level: Literal["reviewed", "final"]
    organisation: Text = Field(examples=["湖南省生态环境监测中心"])
    validity: Validity = "valid"
    reason: Text | None = Field(default=None, description="why doubtful or invalid")
    methods: list[Method] | None = None

    def stretch(self) -> Stretch:
        if self.to <= self.from_:
            raise InputError("the review ends before it begins; `to` is after `from`")
        return Stretch(self.section, milliseconds(self.from_), milliseconds(self.to), self.methods)

    def verdict(self, at_ms: int) -> Verdict:
        if self.validity != "valid" and self.reason is None:
            raise InputError(f"{self.validity} readings need a reason; say why in `reason`")
        return Verdict(self.level, self.organisation, self.validity, self.reason, at_ms)


def _statements_body() -> dict[str, Any]:
    one = ReadingIn.model_json_schema()
    one["properties"]["items"]["items"] = one.pop("$defs")["ItemIn"]
    several = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST}
    content = {"schema": {"oneOf": [one, several]}, "example": EXAMPLE}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


_RESULT = {
    "index": 0,
    "outcome": "first",
    "section_code": "43-里耶镇",
    "event_id": "0197b1de-7c00-8000-8000-000000000001",
    "reason": None,
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What each reading came to: first, repeat, revision, withdrawal, late "
        "(a better one stands), conflict or refused; `event_id` is that of what stands now",
        "content": {"application/json": {"example": {"results": [_RESULT]}}},
    },
    422: {"description": "None was taken; `results` says why of each"},
    503: {"description": "Nothing was taken; send the same again after Retry-After"},
}


def router(
    sessions: sessionmaker[Session],
    reading: sessionmaker[Session],
    readings: Readings,
    clock: Clock,
) -> APIRouter:
    """Return the routes; `reading` makes sessions that wait for no writer."""
    routes = APIRouter(prefix="/v1/readings", tags=["readings"])
    posting = Posting(sessions, readings, clock)

    @routes.post(
        "",
        summary="State one reading or several",
        responses=_ANSWERS,
        openapi_extra=_statements_body(),
    )
    async def post_readings(
        request: Request, key: IdempotencyKey = None, mode: Mode = "live"
    ) -> Response:
        body = await request.body()
        answer = await run_in_threadpool(_post, posting, body, key, mode, _now_ms(clock))
        return answer.response()

    @routes.post("/review", summary="Mark a section's readings as reviewed or final")
    def review_readings(asked: ReviewIn) -> dict[str, Any]:
        stretch, verdict = asked.stretch(), asked.verdict(_now_ms(clock))
        with sessions.begin() as session:
            taken = review(session, readings, stretch, verdict)
        counts = Counter(taken.outcomes)
        return {"readings": len(taken.outcomes), "outcomes": dict(counts)}

    @routes.get("", summary="The readings that stand, the latest first")
    def list_readings(
        *,
        section: Filter = None,
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

    @routes.get("/history", summary="All that was stated about one reading")
    def history(section: Text, sampled_at: AwareDatetime, method: Method) -> dict[str, Any]:
        with reading() as session:
            found = statements_of(session, (section, milliseconds(sampled_at), method))
        if not found:
            raise NotFoundError(
                f"nothing was stated about {section} at that time by {method}; GET /v1/readings "
                "lists what was"
            )
        return {"items": [shown_statement(each) for each in found]}

    return routes


def _post(posting: Posting, body: bytes, key: str | None, mode: str, now_ms: int) -> Answer:
    read: dict[int, Reading] = {}
    refused: dict[int, Reason] = {}
    for place, given in enumerate(_statements(body)):
        try:
            read[place] = ReadingIn.model_validate(given).reading(now_ms, place)
        except ValidationError as error:
            refused[place] = _reason(error)
    return posting.post(body, read, refused, key, mode)


def _statements(body: bytes) -> list[Any]:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"the body is not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from error
    return parsed if isinstance(parsed, list) else [parsed]


def _reason(error: ValidationError) -> Reason:
    """Name the place and the rule; what was sent stays out."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    code: ReasonCode = "missing_field" if first["type"] == "missing" else "undecodable"
    place = f"field {field!r}: " if field else ""
    return Reason(code, f"{place}{first['msg']}", field=field or None)


def _now_ms(clock: Clock) -> int:
    return milliseconds(clock.now())

"""Readings stated and reviewed."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.imports.forms import Mode
from lingqu.errors import InputError, Reason, ReasonCode
from lingqu.instants import milliseconds
from lingqu.service.idempotency import IdempotencyKey
from lingqu.service.instants import Instant
from lingqu.service.together import Together
from lingqu_water.endpoints.statement import (
    EXAMPLE,
    Method,
    ReadingIn,
    Text,
    Validity,
)
from lingqu_water.readings.model import Reading
from lingqu_water.readings.posting import MOST, Posted, Posting
from lingqu_water.readings.posting_together import SMALL, PostingTogether
from lingqu_water.readings.review import Stretch, Verdict, review
from lingqu_water.readings.take import Readings


class ReviewIn(BaseModel):
    """A review of the readings of one section, from the one moment to before the other."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    section: Text = Field(examples=["43-里耶镇"])
    from_: Instant = Field(alias="from", examples=["2026-03-01T00:00:00+08:00"])
    to: Instant = Field(examples=["2026-04-01T00:00:00+08:00"])
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


_REVIEWED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "How many readings the stretch holds, and what became of them",
        "content": {
            "application/json": {"example": {"readings": 186, "outcomes": {"revision": 186}}}
        },
    },
    404: {"description": "No such section"},
}


def router(sessions: sessionmaker[Session], readings: Readings, clock: Clock) -> APIRouter:
    """Return the routes by which readings are stated."""
    routes = APIRouter(prefix="/v1/readings", tags=["readings"])
    posting = Posting(sessions, readings, clock)
    together = Together("readings", PostingTogether(posting).post)

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
        posted = await run_in_threadpool(_read, body, key, mode, _now_ms(clock))
        if len(posted) > SMALL:
            answer = await run_in_threadpool(posting.post, posted)
        else:
            answer = await together.ask(posted)
        return answer.response()

    @routes.post(
        "/review",
        summary="Mark a section's readings as reviewed or final",
        responses=_REVIEWED,
    )
    def review_readings(asked: ReviewIn) -> dict[str, Any]:
        stretch, verdict = asked.stretch(), asked.verdict(_now_ms(clock))
        with sessions.begin() as session:
            taken = review(session, readings, stretch, verdict)
        counts = Counter(taken.outcomes)
        return {"readings": len(taken.outcomes), "outcomes": dict(counts)}

    return routes


def _read(body: bytes, key: str | None, mode: str, now_ms: int) -> Posted:
    read: dict[int, Reading] = {}
    refused: dict[int, Reason] = {}
    for place, given in enumerate(_statements(body)):
        try:
            read[place] = ReadingIn.model_validate(given).reading(now_ms, place)
        except ValidationError as error:
            refused[place] = _reason(error)
    return Posted(body, read, refused, key, mode)


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

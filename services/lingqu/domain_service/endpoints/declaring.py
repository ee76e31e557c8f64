"""What all kinds of declarations have in common over HTTP: their answers and their form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from lingqu.domain_service.statements.declarations import Declared
from lingqu.domain_service.statements.noun import Document, Noun
from lingqu.errors import Reason
from lingqu.instants import day_at, days, milliseconds, moment_at
from lingqu.service.problems import problem

MOST = 1000

# PostgreSQL keeps no NUL in a text.
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$"),
]
Why = Annotated[str, Query(min_length=1, max_length=500, description="why it is taken back")]

_RESULT = {
    "index": 0,
    "outcome": "first",
    "event_id": "0197b1de-7c00-7000-8000-000000000001",
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What each statement came to: first, revision or repeat; `event_id` is that "
        "of what stands now",
        "content": {"application/json": {"example": {"results": [_RESULT]}}},
    },
    409: {"description": "Another region has declared it: only that region can change it"},
    422: {"description": "None was taken; `refused` says why of each"},
}


class Stated(BaseModel):
    """A statement as REST takes it: closed to unknown names, without the envelope."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    def document(self) -> Document:
        """Return the statement as events carry it: instants in milliseconds, days since 1970."""
        return {name: _plain(value) for name, value in self.model_dump().items()}


def answer(declared: Declared) -> Response:
    """Return what became of the statements."""
    if declared.refused:
        first = next(iter(declared.refused.values()))
        refused = [_refusal(place, why) for place, why in sorted(declared.refused.items())]
        return problem(422, f"nothing was taken: {first.detail}", refused=refused)
    results = [
        {"index": place, "outcome": outcome, "event_id": event_id}
        for place, (outcome, event_id) in enumerate(declared.outcomes)
    ]
    return Response(orjson.dumps({"results": results}), media_type="application/json")


def shown(noun: Noun, documents: Sequence[Document], next_: str | None) -> dict[str, Any]:
    """Return a page of documents as people and programs read them."""
    return {"items": [readable(noun, each) for each in documents], "next": next_}


def readable(noun: Noun, document: Mapping[str, Any]) -> Document:
    """Return the document with its instants (UTC) and days in ISO 8601."""
    told = dict(document)
    for name in ("occurred_at", *noun.instants):
        if told.get(name) is not None:
            told[name] = moment_at(told[name]).isoformat()
    for name in noun.days:
        if told.get(name) is not None:
            told[name] = day_at(told[name]).isoformat()
    return told


def _refusal(place: int, why: Reason) -> dict[str, Any]:
    return {
        "index": place,
        "code": why.code,
        "rule": why.rule,
        "field": why.field,
        "reason": why.detail,
    }


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return milliseconds(value)
        case date():
            return days(value)
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return value

"""`/v1/disputes`: disputes on shared waters, raised, answered, and settled or passed up."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from lingqu.service.idempotency import IdempotencyKey
from lingqu_water.endpoints.proceedings import ProceedingRoom, add_looks, add_step, answer
from lingqu_water.incidents.steps import Claim, DisputeStep, Number

_CLAIM: dict[str, Any] = {
    "title": "示例断面总磷超标责任",
    "respondent_region": "52",
    "section_codes": ["52-示例断面"],
    "statement": "示例断面总磷连续三日劣于目标类别",
    "demand": "查明来源并通报整治情况",
    "answer_due_on": "2026-04-20",
    "organisation": "示例省生态环境厅",
    "signed_off_by": "示例乙",
}
_SHOWN: dict[str, Any] = {
    "dispute_id": "43-20260402-3f2a9c",
    "state": "raised",
    "title": _CLAIM["title"],
    "claimant_region": "43",
    "other_regions": ["52"],
    "possible": ["settled", "escalated", "withdrawn"],
}


class Raised(Claim):
    """Raises a dispute with another region."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_CLAIM]})

    number: Number | None = Field(default=None, description="an official number, if there is one")


def router(room: ProceedingRoom) -> APIRouter:
    """Return the routes; each step is one transaction, and told with its commit."""
    routes = APIRouter(prefix=room.procedure.path, tags=["disputes"])
    add_looks(routes, room, _SHOWN)

    @routes.post("", summary="Raise a dispute", status_code=201, responses=answer(_SHOWN, 201))
    def raise_dispute(given: Raised, key: IdempotencyKey = None) -> Response:
        return room.open(given, given.number, key)

    for path, step in (
        ("answer", "answered"),
        ("settle", "settled"),
        ("escalate", "escalated"),
        ("withdraw", "withdrawn"),
    ):
        add_step(routes, room, path, step, DisputeStep)
    return routes

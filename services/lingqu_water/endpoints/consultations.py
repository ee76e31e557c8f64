"""`/v1/consultations`: regions called together on shared waters, and what they agreed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from lingqu.service.idempotency import IdempotencyKey
from lingqu_water.endpoints.proceedings import ProceedingRoom, add_looks, add_step, answer
from lingqu_water.incidents.steps import Call, ConsultationStep, Number

_CALL: dict[str, Any] = {
    "title": "武江水质会商",
    "invited_regions": ["44"],
    "subject": "枯水期联合监测安排",
    "scheduled_at": "2026-04-18T09:30:00+08:00",
    "place": "视频",
    "organisation": "示例省生态环境厅",
    "signed_off_by": "示例乙",
}
_SHOWN: dict[str, Any] = {
    "consultation_id": "43-20260402-3f2a9c",
    "state": "called",
    "title": _CALL["title"],
    "caller_region": "43",
    "other_regions": ["44"],
    "possible": ["rescheduled", "held", "cancelled"],
    "answers": [{"region": "44", "name": "广东省", "step": None, "at": None}],
}


class Called(Call):
    """Calls other regions together."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_CALL]})

    number: Number | None = Field(default=None, description="an official number, if there is one")


def router(room: ProceedingRoom) -> APIRouter:
    """Return the routes; each step is one transaction, and told with its commit."""
    routes = APIRouter(prefix=room.procedure.path, tags=["consultations"])
    add_looks(routes, room, _SHOWN)

    @routes.post("", summary="Call a consultation", status_code=201, responses=answer(_SHOWN, 201))
    def call_consultation(given: Called, key: IdempotencyKey = None) -> Response:
        return room.open(given, given.number, key)

    for path, step in (
        ("agree", "agreed"),
        ("decline", "declined"),
        ("reschedule", "rescheduled"),
        ("hold", "held"),
        ("cancel", "cancelled"),
    ):
        add_step(routes, room, path, step, ConsultationStep)
    return routes

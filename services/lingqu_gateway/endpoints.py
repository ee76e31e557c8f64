"""The gateway's paths."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from lingqu.contracts.model import Catalogue
from lingqu.service.idempotency import IdempotencyKey
from lingqu_gateway import catalogue as shown
from lingqu_gateway.ingest import Ingest

_EVENTS = {"type": "array", "items": {"type": "object"}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        _EVENTS,
                        {"type": "object", "properties": {"events": _EVENTS}},
                        {"type": "object", "description": "one event"},
                    ]
                }
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"description": "Durable: accepted events will be published, each once; see `refused`"},
    403: {"description": "None was accepted: all speak for a region that is not the caller's"},
    422: {"description": "None was accepted; `refused` says why of each"},
    503: {"description": "Nothing was judged; send the same again after Retry-After"},
}
Source = Annotated[
    str, Query(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="goes into ids made here")
]


def router(ingest: Ingest, catalogue: Catalogue) -> APIRouter:
    """Return the routes over these parts."""
    routes = APIRouter(prefix="/v1/topics")

    @routes.get("", tags=["topics"], summary="What can be published")
    def topics() -> dict[str, Any]:
        return shown.topics(catalogue)

    @routes.get("/{topic}", tags=["topics"], summary="One topic's fields, rules and an example")
    def topic(topic: str) -> dict[str, Any]:
        return shown.topic(catalogue, topic)

    @routes.post(
        "/{topic}/events",
        tags=["events"],
        summary="Publish events",
        status_code=202,
        responses=_ANSWERS,
        openapi_extra=_BODY,
    )
    async def publish(
        topic: str, request: Request, key: IdempotencyKey = None, source: Source = "gateway"
    ) -> Response:
        body = await request.body()
        kind = request.headers.get("content-type", "")
        answer = await run_in_threadpool(ingest.take, topic, body, kind, source, key)
        return answer.response()

    return routes

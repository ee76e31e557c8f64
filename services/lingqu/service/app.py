"""The one way to make an HTTP service: health, readiness, metrics, problem details, limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lingqu.errors import LingquError
from lingqu.metrics import Metrics
from lingqu.service.limits import BodyLimit
from lingqu.service.metrics import METRICS
from lingqu.service.observation import RequestObservation
from lingqu.service.problems import MEDIA_TYPE, install, problem

_EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
_PROBLEM_SCHEMA: dict[str, Any] = {
    "description": "Problem details (RFC 9457)",
    "content": {MEDIA_TYPE: {"schema": {"type": "object"}}},
}

Ready = Callable[[], list[str]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


class App(FastAPI):
    """An app with, perhaps, something in front that answers before it does any work."""

    _front: ASGIApp | None = None

    def put_in_front(self, front: Callable[[ASGIApp], ASGIApp]) -> None:
        """Let `front(app)` take every request first; what it does not answer it passes on."""
        self._front = front(super().__call__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._front or super().__call__)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Service:
    """A room that serves HTTP: its name, its usual port and the composition that makes its app."""

    name: str
    port: int
    create: Callable[[], FastAPI]


def make_app(
    title: str,
    *,
    metrics: Metrics,
    ready: Ready,
    lifespan: Lifespan | None = None,
    max_body_bytes: int = 8 * 1_048_576,
    body_limits: Mapping[str, int] | None = None,
) -> App:
    """Return an app with all that services share; `ready` says in sentences what is missing.

    `ready` runs in a thread and may block. `lifespan` runs on the event loop: it must not wait for
    another service, which may live in the same process; say in `ready` what has not come yet.
    `body_limits` are those of paths that stream their bodies to disk.
    """
    app = App(
        title=title,
        version=version("lingqu"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses={"default": _PROBLEM_SCHEMA},
    )
    install(app)
    metrics.declare(METRICS)
    app.add_middleware(BodyLimit, max_bytes=max_body_bytes, by_path=body_limits)
    app.add_middleware(RequestObservation, metrics=metrics, service=title)
    _add_health(app, metrics, ready)
    return app


def _add_health(app: FastAPI, metrics: Metrics, ready: Ready) -> None:
    @app.get("/healthz", tags=["health"], summary="Alive: the process answers")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", tags=["health"], summary="Ready: what it depends on answers")
    def readyz() -> Response:
        missing = _missing(ready)
        if missing:
            return problem(503, "; ".join(missing), headers={"Retry-After": "2"}, missing=missing)
        return Response('{"status":"ready"}', media_type="application/json")

    @app.get(
        "/metrics",
        tags=["health"],
        summary="Prometheus text format",
        response_class=PlainTextResponse,
    )
    def exposition() -> Response:
        return Response(metrics.exposition(), headers={"Content-Type": _EXPOSITION})


def _missing(ready: Ready) -> list[str]:
    try:
        return ready()
    except LingquError as error:
        return [str(error)]

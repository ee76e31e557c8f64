"""Every request counted and timed under the template of its route."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lingqu.metrics import Metrics
from lingqu.service.metrics import REQUEST_SECONDS, REQUESTS

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestObservation:
    """Counts answers by bounded labels: an unknown path or method is never a label of its own."""

    def __init__(self, app: ASGIApp, metrics: Metrics, service: str) -> None:
        self._app = app
        self._metrics = metrics
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = 500, time.perf_counter()

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_observed)
        finally:
            self._record(scope, status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        method = str(scope["method"])
        method = method if method in _METHODS else "other"
        route = route_template(scope)
        self._metrics.inc(
            REQUESTS, service=self._service, method=method, route=route, status=str(status)
        )
        self._metrics.observe(
            REQUEST_SECONDS, seconds, service=self._service, method=method, route=route
        )


def route_template(scope: Scope) -> str:
    """Return the route's path with its prefix, which FastAPI keeps apart for included routers."""
    effective = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return str(getattr(effective, "path", "unmatched"))

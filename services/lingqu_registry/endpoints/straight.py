"""Routes that FastAPI describes and Starlette serves: most of the work lies between the two.

Their endpoints read the request by hand, so that nothing of FastAPI's is missed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match, Route
from starlette.types import Scope


def serve_straight(app: FastAPI, router: APIRouter, *endpoints: Callable[..., Any]) -> None:
    """Let requests find these endpoints of a router before any other route is tried."""
    described = [each for each in router.routes if isinstance(each, APIRoute)]
    app.router.routes[:0] = [
        _Straight(each.path, each.endpoint, methods=each.methods)
        for each in described
        if each.endpoint in endpoints
    ]


class _Straight(Route):
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, {**found, "route": self}

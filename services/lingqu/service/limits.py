"""A bound on what a request may make the service hold in memory."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lingqu.service.problems import problem


class BodyLimit:
    """Refuses a request body over the limit with 413, by its length or as it arrives.

    `by_path` are the limits of paths that keep no body in memory.
    """

    def __init__(
        self, app: ASGIApp, max_bytes: int, by_path: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._by_path = dict(by_path or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._by_path.get(scope["path"], self._max_bytes)
        if _declared_length(scope) > limit:
            await problem(413, _sentence(limit))(scope, receive, send)
        else:
            await self._app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def receive_counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            # An HTTPException passes through FastAPI's own body parsing untouched.
            raise HTTPException(413, _sentence(limit))
        return message

    return receive_counted


def _sentence(limit: int) -> str:
    return f"the request body is over the limit of {limit} bytes; send less at once"


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0

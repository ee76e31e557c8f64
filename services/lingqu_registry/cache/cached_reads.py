"""Answers kept as bytes in front of the app: what has not changed is not worked out again."""

from __future__ import annotations

import re
from collections import Counter

from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lingqu.errors import LingquError
from lingqu.metrics import Metrics
from lingqu.service.metrics import REQUESTS
from lingqu.service.observation import route_template
from lingqu_registry.cache.kept_answers import KeptAnswers, Key, Recording
from lingqu_registry.cache.revisions import Revisions
from lingqu_registry.metrics import REGISTRATIONS
from lingqu_registry.store.changes import Revision

_READ = rb"/schemas/(ids/\d+(/schema)?|guids/[^/]+)"
_JUDGED = rb"(/compatibility)?/subjects/[^/]+/versions(?(2)(/[^/]*)?)"
_MOST_BODY = 65_536


class CachedReads:
    """Gives an answer of 200 again for as long as it holds; passes everything else on.

    A schema by its id or GUID never changes, but its last use can be deleted for good: it holds
    while the count of deletions is the same, as read a moment ago (`Revisions.recent`), or after
    the last write through this process. What another process deletes may be read for that moment.

    The same with a query or a context, a registration of what is known and a judgement of
    compatibility hold while nothing at all was written, by a count whose read began after the
    request came: they are what the app would say. Kept is what is asked for a second time.
    Where the count cannot be read, the app answers.
    """

    def __init__(
        self, app: ASGIApp, revisions: Revisions, metrics: Metrics, base_path: str = ""
    ) -> None:
        before = rb"(?:%b)?(/contexts/[^/]+)?" % re.escape(base_path.rstrip("/").encode())
        self._reads = re.compile(before + _READ).fullmatch
        self._judges = re.compile(before + _JUDGED).fullmatch
        self._app = app
        self._revisions = revisions
        self._metrics = metrics
        self._kept = KeptAnswers()
        self._given: Counter[tuple[str, str]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "GET" and (read := self._reads(scope["raw_path"])):
            lasting = not (read[1] or scope["query_string"])
            await self._read(scope, receive, send, lasting=lasting)
        elif scope["method"] == "POST" and self._judges(scope["raw_path"]):
            await self._judge(scope, receive, send)
        else:
            await self._pass(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send, *, lasting: bool) -> None:
        key = (scope["raw_path"], scope["query_string"])
        revision = (self._revisions.recent() if lasting else None) or await self._now()
        if revision is None:
            await self._pass(scope, receive, send)
            return
        # Where a query or a context is named, the answer may depend on what else there is.
        count = revision.removals if lasting else revision.writes
        await self._answer(key, count, scope, receive, send)

    async def _judge(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, length = _sent(scope)
        if not 0 <= length <= _MOST_BODY:
            await self._pass(scope, receive, send)
            return
        body = await _body_of(receive)
        if body is None:
            return
        again = _again(body, receive)
        key = (scope["raw_path"], scope["query_string"], kind, body)
        revision = await self._now() if self._kept.repeats(key) else None
        if revision is None:
            await self._pass(scope, again, send)
            return
        await self._answer(key, revision.writes, scope, again, send)

    async def _answer(
        self, key: Key, count: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        known = self._kept.get(key)
        if known is not None and known.count == count:
            self._given[known.method, known.route] += 1
            await known.give(send)
            return
        recording = Recording(send)
        await self._pass(scope, receive, recording)
        answer = recording.answer(count, scope, route_template(scope))
        if answer is not None:
            self._kept.keep(key, answer)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._count_given()

        async def send_after_write(message: Message) -> None:
            self._revisions.written()
            await send(message)

        reads = scope["method"] in {"GET", "HEAD"}
        await self._app(scope, receive, send if reads else send_after_write)

    async def _now(self) -> Revision | None:
        try:
            return await self._revisions.now()
        except (SQLAlchemyError, LingquError):
            return None

    def _count_given(self) -> None:
        """Count what was given since the last request that was passed on, as /metrics is.

        Their seconds are not observed: what the histogram tells is how long the app takes.
        """
        given, self._given = self._given, Counter()
        for (method, route), number in given.items():
            labels = {"service": "registry", "method": method, "route": route, "status": "200"}
            self._metrics.inc(REQUESTS, number, **labels)
            if method == "POST" and route.startswith("/subjects"):
                self._metrics.inc(REGISTRATIONS, number, outcome="known")


def _sent(scope: Scope) -> tuple[bytes, int]:
    """Return the body's content type and its length, -1 where it is not told."""
    kind, length = b"", -1
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value
        elif name == b"content-length" and value.isdigit():
            length = int(value)
    return kind, length


async def _body_of(receive: Receive) -> bytes | None:
    """Return the whole body, or None where the client has gone."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands the body out once more."""
    first = True

    async def receive_again() -> Message:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return receive_again

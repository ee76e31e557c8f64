from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from lingqu.errors import UnavailableError
from lingqu.metrics import Metrics
from lingqu.service.metrics import REQUESTS
from lingqu_registry.cache.cached_reads import CachedReads
from lingqu_registry.cache.kept_answers import Answer, KeptAnswers
from lingqu_registry.cache.revisions import Revisions
from lingqu_registry.metrics import REGISTRATIONS
from lingqu_registry.store.changes import Revision

BY_ID = "/schemas/ids/7"
REGISTER = "/subjects/a%2Fb-value/versions"
JUDGE = "/compatibility/subjects/a/versions/latest"


@dataclass
class Registry:
    """An app that numbers its answers, behind the cache, on a count that a test sets."""

    status: int = 200
    asked: int = 0
    revision: Revision = field(default_factory=lambda: Revision(1, 1))
    away: bool = False
    time: float = 100.0
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.revisions = Revisions(self._count, 0.1, lambda: self.time)
        self.cached = CachedReads(self._app, self.revisions, self.metrics, "/api/")

    def _count(self) -> Revision:
        self.time += 0.001
        if self.away:
            raise UnavailableError("the database is away")
        return self.revision

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive()).get("body", b"")
        self.asked += 1
        if scope["method"] == "DELETE":
            self.revision = Revision(self.revision.writes + 1, self.revision.removals + 1)
        scope["route"] = _Route()
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        text = f"{self.asked}".encode() + body
        await send({"type": "http.response.body", "body": text[:1], "more_body": True})
        await send({"type": "http.response.body", "body": text[1:]})

    async def call(self, method: str, path: str, body: bytes = b"", **more: str) -> bytes:
        headers = {"content-length": str(len(body)), **more}
        scope: Scope = {
            "type": "http",
            "method": method,
            "raw_path": path.partition("?")[0].encode(),
            "query_string": path.partition("?")[2].encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.cached(scope, receive, send)
        assert sent[0]["status"] == self.status
        return b"".join(message["body"] for message in sent[1:])


@dataclass
class _Route:
    path: str = "/subjects/{subject}/versions"


def play(scene: Callable[[Registry], Awaitable[None]], **given: Any) -> Registry:
    registry = Registry(**given)

    async def run() -> None:
        await scene(registry)

    asyncio.run(run())
    return registry


def test_a_schema_by_id_is_answered_from_memory_whatever_else_is_written() -> None:
    async def scene(registry: Registry) -> None:
        assert await registry.call("GET", BY_ID) == b"1"
        registry.revision = Revision(2, 1)
        registry.time += 1
        assert await registry.call("GET", BY_ID) == b"1"

    play(scene)


def test_what_another_process_deletes_is_found_after_a_moment() -> None:
    async def scene(registry: Registry) -> None:
        assert await registry.call("GET", BY_ID) == b"1"
        registry.revision = Revision(2, 2)
        assert await registry.call("GET", BY_ID) == b"1"
        registry.time += 0.1
        assert await registry.call("GET", BY_ID) == b"2"

    play(scene)


def test_what_this_process_deletes_is_found_at_once() -> None:
    async def scene(registry: Registry) -> None:
        assert await registry.call("GET", BY_ID) == b"1"
        assert await registry.call("DELETE", "/subjects/a") == b"2"
        assert await registry.call("GET", BY_ID) == b"3"

    play(scene)


@pytest.mark.parametrize(
    "path", [f"{BY_ID}?subject=a", f"{BY_ID}?fetchMaxId=true", f"/contexts/.x{BY_ID}"]
)
def test_with_a_query_or_context_it_is_so_until_anything_is_written(path: str) -> None:
    async def scene(registry: Registry) -> None:
        assert await registry.call("GET", path) == b"1"
        assert await registry.call("GET", path) == b"1"
        registry.revision = Revision(2, 1)
        assert await registry.call("GET", path) == b"2"

    play(scene)


@pytest.mark.parametrize(
    "path", [REGISTER, JUDGE, JUDGE.rpartition("latest")[0], f"/api/contexts/.x{REGISTER}"]
)
def test_a_repeated_question_is_answered_from_memory_until_anything_is_written(path: str) -> None:
    async def scene(registry: Registry) -> None:
        assert await registry.call("POST", path, b"x") == b"1x"
        assert await registry.call("POST", path, b"x") == b"2x"
        assert await registry.call("POST", path, b"x") == b"2x"
        registry.revision = Revision(2, 1)
        assert await registry.call("POST", path, b"x") == b"3x"
        assert await registry.call("POST", path, b"x") == b"3x"

    play(scene)


def test_another_body_type_or_query_is_another_question() -> None:
    async def scene(registry: Registry) -> None:
        for _ in range(2):
            await registry.call("POST", REGISTER, b"x")
        assert await registry.call("POST", REGISTER, b"x") == b"2x"
        assert await registry.call("POST", REGISTER, b"y") == b"3y"
        assert await registry.call("POST", REGISTER, b"x", **{"content-type": "text/xml"}) == b"4x"
        assert await registry.call("POST", REGISTER + "?normalize=true", b"x") == b"5x"

    play(scene)


@pytest.mark.parametrize(
    "path", ["/config/schemas/ids/7", "/subjects", "/schemas/ids/7/versions", "/schemas/ids/x"]
)
def test_what_may_change_is_always_asked_for(path: str) -> None:
    async def scene(registry: Registry) -> None:
        assert await registry.call("GET", path) == b"1"
        assert await registry.call("GET", path) == b"2"

    play(scene)


def test_a_refusal_is_not_kept() -> None:
    async def scene(registry: Registry) -> None:
        assert await registry.call("GET", BY_ID) == b"1"
        assert await registry.call("GET", BY_ID) == b"2"

    play(scene, status=404)


def test_where_the_count_cannot_be_read_the_app_answers() -> None:
    async def scene(registry: Registry) -> None:
        assert await registry.call("GET", BY_ID) == b"1"
        assert await registry.call("POST", REGISTER, b"x") == b"2x"
        assert await registry.call("POST", REGISTER, b"x") == b"3x"

    assert play(scene, away=True).asked == 3


def test_what_memory_answers_is_counted_when_the_metrics_are_asked_for() -> None:
    async def scene(registry: Registry) -> None:
        for _ in range(6):
            await registry.call("POST", REGISTER, b"x")
        await registry.call("GET", "/metrics")

    metrics = play(scene).metrics
    labels = {"service": "registry", "method": "POST", "route": _Route.path, "status": "200"}
    assert metrics.value(REQUESTS, **labels) == 4
    assert metrics.value(REGISTRATIONS, outcome="known") == 4


def test_who_asks_while_a_read_runs_gets_the_next_one() -> None:
    reads: list[int] = []
    registry = Registry()
    reading = threading.Event()

    def count() -> Revision:
        found = registry.revision
        reads.append(found.writes)
        reading.set()
        return found

    async def run() -> list[Revision]:
        revisions = Revisions(count, 0.1)
        first = asyncio.create_task(revisions.now())
        await asyncio.to_thread(reading.wait, 10)
        registry.revision = Revision(2, 1)
        return await asyncio.gather(first, *(revisions.now() for _ in range(5)))

    found = asyncio.run(run())
    assert [each.writes for each in found] == [1, 2, 2, 2, 2, 2]
    assert reads == [1, 2]


def test_the_oldest_answers_make_room() -> None:
    kept = KeptAnswers(most_bytes=10_000)
    for number in range(20):
        body = {"type": "http.response.body", "body": b"x" * 1_000}
        kept.keep((str(number).encode(),), Answer(1, "GET", "/", {}, body))

    assert kept.get((b"0",)) is None
    assert kept.get((b"19",)) is not None


def test_the_questions_remembered_are_bounded() -> None:
    kept = KeptAnswers()
    asked = [(str(number).encode(),) for number in range(25_000)]

    assert not any(kept.repeats(key) for key in asked)
    assert kept.repeats(asked[-1])
    assert not kept.repeats(asked[0])


@pytest.mark.parametrize(
    "path", ["/subjects/a/versions/1", "/subjects/a", "/x/subjects/a/versions"]
)
def test_only_registering_and_judging_are_repeated(path: str) -> None:
    async def scene(registry: Registry) -> None:
        assert await registry.call("POST", path, b"x") == b"1x"
        assert await registry.call("POST", path, b"x") == b"2x"

    play(scene)

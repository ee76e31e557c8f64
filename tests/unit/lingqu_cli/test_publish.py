from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import orjson
import pytest
from tests.support.clock import FakeClock

from lingqu.client import RefusedError, ServiceClient
from lingqu.connect.cells import Refusal
from lingqu.connect.event_files import Record
from lingqu.errors import UnavailableError
from lingqu_cli.sending import BATCH_EVENTS, Sender, Tally

Answer = Callable[[httpx2.Request], httpx2.Response]


class Gateway:
    """Answers as told, and keeps what it was sent."""

    def __init__(self, *answers: httpx2.Response | Answer | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if self._answers else all_accepted
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx2.Response) else answer(request)

    def send(self, *records: Record | Refusal, clock: FakeClock | None = None) -> Tally:
        client = ServiceClient("gateway", "http://hub", transport=httpx2.MockTransport(self))
        sender = Sender(client, "demo.reading.v1", "desk", clock or FakeClock())
        *_, tally = sender.send(iter(records))
        return tally


def lines(request: httpx2.Request) -> list[bytes]:
    return request.content.split(b"\n")


def all_accepted(request: httpx2.Request) -> httpx2.Response:
    body = {"accepted": len(lines(request)), "repeats": 0, "refused": []}
    return httpx2.Response(202, json=body)


def some_refused(status: int, accepted: int, *places: int) -> httpx2.Response:
    refused = [
        {"index": place, "code": "rule_broken", "field": "value", "reason": "below zero"}
        for place in places
    ]
    body = {"accepted": accepted, "repeats": 0, "refused": refused}
    return httpx2.Response(status, json=body)


def records(count: int) -> list[Record]:
    return [Record(line, {"n": line}) for line in range(2, count + 2)]


def test_events_go_in_batches_each_under_a_key_of_its_own() -> None:
    gateway = Gateway()
    tally = gateway.send(*records(BATCH_EVENTS + 1))
    assert (tally.read, tally.accepted) == (BATCH_EVENTS + 1, BATCH_EVENTS + 1)
    assert [len(lines(request)) for request in gateway.requests] == [BATCH_EVENTS, 1]
    assert len({request.headers["Idempotency-Key"] for request in gateway.requests}) == 2
    assert gateway.requests[0].url.path == "/v1/topics/demo.reading.v1/events"
    assert gateway.requests[0].url.params["source"] == "desk"


def test_refused_events_are_told_by_their_line_in_the_file() -> None:
    gateway = Gateway(some_refused(202, 1, 1))
    tally = gateway.send(Record(5, {}), Refusal(6, "no_time", "at", "no real time"), Record(9, {}))
    assert tally.read == 3
    assert [(one.line, one.code) for one in tally.refused] == [(6, "no_time"), (9, "rule_broken")]


@pytest.mark.parametrize("status", [403, 422])
def test_a_batch_that_is_refused_whole_is_told_event_by_event(status: int) -> None:
    tally = Gateway(some_refused(status, 0, 0, 1)).send(*records(2))
    assert tally.accepted == 0
    assert [one.line for one in tally.refused] == [2, 3]


def test_a_retry_keeps_the_idempotency_key() -> None:
    clock = FakeClock()
    gateway = Gateway(httpx2.ConnectError("refused"), httpx2.Response(503, json={}))
    assert gateway.send(*records(2), clock=clock).accepted == 2
    assert len({request.headers["Idempotency-Key"] for request in gateway.requests}) == 1
    assert clock.waits == [0.5, 1]


def test_a_gateway_that_stays_away_ends_in_one_sentence() -> None:
    gateway = Gateway(*[httpx2.ConnectError("refused")] * 20)
    with pytest.raises(UnavailableError, match="does not answer"):
        gateway.send(*records(1))
    assert len(gateway.requests) == 7


def test_a_refusal_of_the_request_itself_is_raised() -> None:
    gateway = Gateway(httpx2.Response(404, json={"detail": "no contract has the topic"}))
    with pytest.raises(RefusedError, match="no contract has the topic"):
        gateway.send(*records(1))


def test_a_batch_over_the_gateways_limit_is_halved() -> None:
    def limited(request: httpx2.Request) -> httpx2.Response:
        small = len(lines(request)) < 3 and b'"n":4' not in request.content
        return all_accepted(request) if small else httpx2.Response(413, json={"detail": "over"})

    tally = Gateway(*[limited] * 20).send(*records(5))
    assert tally.accepted == 4
    assert [(one.line, one.code) for one in tally.refused] == [(4, "too_large")]


def test_an_event_without_json_form_is_refused_by_itself() -> None:
    event: dict[str, Any] = {"n": object()}
    tally = Gateway().send(Record(2, event), Record(3, {"n": b"\xff"}))
    assert [one.line for one in tally.refused] == [2]
    assert tally.accepted == 1


def test_bytes_travel_in_avros_json_form() -> None:
    gateway = Gateway()
    gateway.send(Record(2, {"n": b"\x00\xff"}))
    assert orjson.loads(gateway.requests[0].content) == {"n": "\x00\xff"}

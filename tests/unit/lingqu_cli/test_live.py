from __future__ import annotations

import threading
from collections.abc import Container, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import httpx2
import orjson
import pytest
from tests.support.clock import FakeClock

from lingqu.client import ServiceClient
from lingqu.errors import InputError
from lingqu_cli.live import Live


class Gateway:
    """Accepts what it is sent, but for the numbers it refuses, and keeps it all."""

    def __init__(self, *, refuses: Container[int] = ()) -> None:
        self._refuses = refuses
        self.sent: list[list[dict[str, Any]]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        events = [orjson.loads(line) for line in request.content.split(b"\n")]
        self.sent.append(events)
        reason = {"code": "wrong_region", "field": "origin", "reason": "not us"}
        refused = [
            {"index": index, **reason}
            for index, event in enumerate(events)
            if event["n"] in self._refuses
        ]
        accepted = len(events) - len(refused)
        said = {"accepted": accepted, "repeats": 0, "refused": refused}
        return httpx2.Response(202 if accepted else 422, json=said)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def every(seconds: float, clock: FakeClock) -> Iterator[dict[str, Any]]:
    start = clock.now()
    for number in count(1):
        at = start + timedelta(seconds=number * seconds)
        yield {"n": number, "occurred_at": at.isoformat()}


def live(gateway: Gateway, clock: FakeClock, maximum: int | None = None, **plays: float) -> Live:
    client = ServiceClient("gateway", "http://hub", transport=httpx2.MockTransport(gateway))
    made = {name: every(seconds, clock) for name, seconds in plays.items()}
    return Live(client, made, clock, maximum)


def test_events_are_sent_when_they_have_happened_and_in_order(clock: FakeClock) -> None:
    gateway = Gateway()
    for _ in live(gateway, clock, 6, a=0.2).run(threading.Event()):
        sent = [event["n"] for batch in gateway.sent for event in batch]
        happened = int(clock.monotonic() / 0.2 + 1e-6)
        assert sent == list(range(1, min(6, happened) + 1))

    assert clock.monotonic() == pytest.approx(1.5)


def test_a_maximum_counts_for_each_topic(clock: FakeClock) -> None:
    gateway = Gateway()
    playing = live(gateway, clock, 5, a=0.1, b=2)

    for _ in playing.run(threading.Event()):
        pass

    assert {topic: tally.accepted for topic, tally in playing.tallies.items()} == {"a": 5, "b": 5}


def test_without_a_maximum_it_goes_on_until_it_is_stopped(clock: FakeClock) -> None:
    gateway, stop = Gateway(), threading.Event()
    playing = live(gateway, clock, a=0.1)

    for _ in playing.run(stop):
        if clock.monotonic() >= 60:
            stop.set()

    assert playing.tallies["a"].accepted == pytest.approx(600, abs=5)


def test_it_goes_on_for_as_long_as_was_asked(clock: FakeClock) -> None:
    client = ServiceClient("gateway", "http://hub", transport=httpx2.MockTransport(Gateway()))
    playing = Live(client, {"a": every(1, clock)}, clock, lasting=timedelta(minutes=2))

    for _ in playing.run(threading.Event()):
        pass

    assert playing.tallies["a"].accepted == 120


def test_events_that_are_as_wrong_as_real_ones_are_counted(clock: FakeClock) -> None:
    playing = live(Gateway(refuses={2, 5}), clock, 6, a=0.2)

    for _ in playing.run(threading.Event()):
        pass

    tally = playing.tallies["a"]
    assert (tally.accepted, len(tally.refused)) == (4, 2)


def test_where_none_is_taken_the_play_ends_with_the_reason(clock: FakeClock) -> None:
    playing = live(Gateway(refuses=range(1000)), clock, a=0.1)

    with pytest.raises(InputError, match=r"a refuses generated events: not us .*--region"):
        list(playing.run(threading.Event()))


def test_a_play_without_events_is_over_at_once(clock: FakeClock) -> None:
    client = ServiceClient("gateway", "http://hub", transport=httpx2.MockTransport(Gateway()))
    playing = Live(client, {"a": iter(())}, clock)

    assert [dict(each)["a"].read for each in playing.run(threading.Event())] == [0]

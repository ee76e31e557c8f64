"""What a test says to lanes and asks of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.support.builders import event
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu_worker.lane_thread import LaneStatus
from lingqu_worker.loop import WorkerLoop


def lanes(loop: WorkerLoop, feed: str) -> list[LaneStatus]:
    runners = [runner for runner in loop.runners() if runner.state.runs_as == feed]
    return [status for runner in runners for status in runner.inlet.statuses()]


def await_lane(loop: WorkerLoop, feed: str, state: str, *said: str) -> None:
    """Wait for a lane of the feed in that state whose reason says all of this."""

    def seen() -> bool:
        there = [lane for lane in lanes(loop, feed) if lane.state == state]
        return any(all(part in lane.why for part in said) for lane in there)

    await_or_say(seen, lambda: f"no lane is {state} for {said}: {lanes(loop, feed)}")


def await_or_say(condition: Callable[[], bool], otherwise: Callable[[], str]) -> None:
    try:
        wait_until(condition)
    except pytest.fail.Exception:
        pytest.fail(otherwise())


def arrivals(worker: WorkerUnderTest) -> str:
    """Return the topic that the Kafka sink writes unless told otherwise."""
    return f"{worker.topic}.from.43"


def readings(first: int, count: int, stations: int = 1) -> list[dict[str, Any]]:
    """Return events whose value is their number; one station is one key and one partition."""
    numbers = range(first, first + count)
    return [event(station=f"43-{n % stations}", value=float(n)) for n in numbers]


def numbers_by_partition(records: list[Any]) -> dict[int, list[int]]:
    """Return the `lq_seq` of delivered records in the order they lie, by partition."""
    found: dict[int, list[int]] = {}
    for record in records:
        number = int(dict(record.headers())["lq_seq"])
        found.setdefault(record.partition(), []).append(number)
    return found

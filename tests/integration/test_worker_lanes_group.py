"""Lanes that come and go with their group: two workers, a drain, a start at the end."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.gateway import SmallRegistry, small_registry
from tests.support.lanes import arrivals, await_lane, lanes, numbers_by_partition, readings
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest, worker_under_test

from lingqu.clock import SystemClock
from lingqu.connect.api import Batching
from lingqu.kafka.bulk import consumer
from lingqu.kafka.settings import KafkaSettings
from lingqu.metrics import Metrics
from lingqu_worker.inlet import Inlet, Seek
from lingqu_worker.lane import Lane, LaneWork, Position
from lingqu_worker.metrics import DELIVERED, LANES
from lingqu_worker.records import Records

pytestmark = pytest.mark.integration


@pytest.fixture
def registry() -> Iterator[SmallRegistry]:
    with small_registry() as made:
        yield made


@pytest.fixture
def worker(
    tmp_path: Path, kafka: KafkaSettings, registry: SmallRegistry, unique: str
) -> WorkerUnderTest:
    return worker_under_test(tmp_path, kafka, registry.url, unique)


def all_once(worker: WorkerUnderTest, count: int) -> bool:
    found = numbers_by_partition(worker.delivered(arrivals(worker)))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in found.values()), found
    return sum(map(len, found.values())) == count


def test_partitions_move_between_two_workers_without_loss_or_doubling(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 100, stations=8))
    with worker.running() as (first, one):
        with worker.running() as (second, other):
            worker.publish(readings(100, 400, stations=8))
            wait_until(lambda: len(lanes(first, unique)) == len(lanes(second, unique)) == 1)
            worker.publish(readings(500, 100, stations=8))
            wait_until(lambda: all_once(worker, 600))
            both = [each.metrics for each in (one, other)]
            ours = {"feed": unique, "state": "running"}
            wait_until(lambda: [each.value(LANES, **ours) for each in both] == [1, 1])
        worker.publish(readings(600, 100, stations=8))
        wait_until(lambda: all_once(worker, 700))
        wait_until(lambda: sum(each.value(DELIVERED, feed=unique) for each in both) == 700)
        wait_until(lambda: both[0].value(LANES, **ours) == 2)


def test_a_worker_that_is_told_to_end_finishes_its_batch_and_ends_soon(
    worker: WorkerUnderTest, unique: str
) -> None:
    """By at least once, which would repeat a batch that was left half done."""
    state = worker.agree(unique, options=worker.kafka_options())
    worker.put(replace(state, delivery=replace(state.delivery, guarantee="at_least_once")))
    worker.publish(readings(0, 5_000, stations=20))
    with worker.running():
        worker.await_delivered(arrivals(worker), 1)
        told_at = time.monotonic()
    assert time.monotonic() - told_at < 10
    with worker.running():
        wait_until(lambda: all_once(worker, 5_000))


def test_a_feed_that_begins_at_the_end_keeps_its_beginning_through_trouble(
    worker: WorkerUnderTest, registry: SmallRegistry, unique: str
) -> None:
    worker.publish(readings(0, 5))
    state = worker.agree(unique, options=worker.kafka_options())
    worker.put(replace(state, delivery=replace(state.delivery, start="latest")))
    with worker.running() as (loop, _):
        wait_until(lambda: [lane.state for lane in lanes(loop, unique)] == ["running"] * 2)
    worker.publish(readings(5, 5))
    registry.away = True
    with worker.running() as (loop, _):
        await_lane(loop, unique, "waiting", registry.url)
        registry.away = False
        worker.await_delivered(arrivals(worker), 5)
    assert TopicReader(worker.kafka, arrivals(worker)).sequences() == [1, 2, 3, 4, 5]


class SlowToOpen(LaneWork):
    """Opens when it is let, however long it was told to stop; remembers what it was given."""

    batching = Batching()

    def __init__(self) -> None:
        self.may_open, self.closed = threading.Event(), threading.Event()
        self.given: list[int] = []

    def open(self) -> Position:
        self.may_open.wait(30)
        return Position(0)

    def check(self) -> None:
        """Nothing is forbidden."""

    def process(self, records: Records) -> None:
        self.given += records.offsets

    def close(self) -> None:
        self.closed.set()


def test_a_position_asked_for_by_an_earlier_owner_moves_no_later_one(
    worker: WorkerUnderTest, kafka: KafkaSettings, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a lane is given records before it has found its progress, and then again after it."""
    worker.publish(readings(0, 40, stations=20))
    in_partition = Counter(record.partition() for record in worker.delivered(worker.topic))
    monkeypatch.setattr("lingqu_worker.inlet._STOP_TIMEOUT_S", 0.1)
    works: list[SlowToOpen] = []

    def make(partition: int, seek: Seek) -> Lane:
        works.append(SlowToOpen())
        clock, metrics = SystemClock(), Metrics()
        return Lane(unique, partition, works[-1], seek=seek, clock=clock, metrics=metrics)

    inlet, other = Inlet(kafka, worker.topic, unique, make), consumer(kafka, unique)
    inlet.start()
    try:
        wait_until(lambda: len(works) == 2)
        other.subscribe([worker.topic])
        wait_until(lambda: other.poll(0.1) or len(works) == 3)
        for work in works[:2]:
            work.may_open.set()
        wait_until(lambda: all(work.closed.is_set() for work in works[:2]))
        wait_until(inlet._seeks.empty)
        (later,) = inlet._lanes.values()
        assert not later.accepting, "it has not said where it goes on"
        works[2].may_open.set()
        wait_until(lambda: len(set(works[2].given)) == in_partition[later.partition])
    finally:
        inlet.stop()
        inlet.join()
        other.close()
    assert len(works[2].given) == len(set(works[2].given))

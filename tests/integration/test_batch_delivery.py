"""Files of hours: one of each, also of an empty one, whatever dies between file and manifest."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from confluent_kafka import Producer
from tests.support.dying import manifests, named_files, run_and_die
from tests.support.lanes import readings
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.clock import SystemClock
from lingqu.connect.periods import Periods
from lingqu.kafka.progress import Progress, progress_key
from lingqu.kafka.topics import Topics
from lingqu.kafka.transaction import TransactionalLane

pytestmark = pytest.mark.integration

HOUR = 3_600_000


@pytest.fixture
def hour_ms() -> int:
    """When the current hour began."""
    return Periods("hour").begun_by(int(SystemClock().now().timestamp() * 1_000))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "out"
    made.mkdir()
    return made


def resting_since(worker: WorkerUnderTest, feed: str, moment_ms: int) -> None:
    """Leave the progress of partition 0 as a worker that rested since then has left it."""
    with Topics(worker.kafka) as topics:
        facts = topics.facts(worker.topic)
    begun = Progress(facts.topic_id, 0, partitions=facts.partitions, period=(moment_ms, 0))
    key = progress_key("43", feed, worker.topic, 0)
    lane = TransactionalLane(worker.kafka, f"lingqu.43.{feed}.0")
    assert lane.open(key) is None
    lane.begin()
    lane.commit(key, begun.encode())
    lane.close()


def publish(worker: WorkerUnderTest, first: int, count: int, stamp_ms: int) -> None:
    """Write events with that time at the broker."""
    producer = Producer({"bootstrap.servers": worker.kafka.bootstrap_servers})
    for event in readings(first, count):
        key, value = worker.record(event)
        producer.produce(worker.topic, value, key, 0, timestamp=stamp_ms)
    assert producer.flush(30) == 0


def closed(folder: Path, before_ms: int) -> list[tuple[int, list[float]]]:
    """Return how many hours ago each closed period began, and the values of its file."""
    found = []
    for name, manifest in manifests(folder).items():
        period = manifest["period"]
        values = [json.loads(line)["value"] for line in (folder / name).read_text().splitlines()]
        assert (period["part"], period["closes"], manifest["events"]) == (1, True, len(values))
        ago = (before_ms - Periods("hour").begun_by(_ms(period["from"]))) // HOUR
        assert _ms(period["until"]) - _ms(period["from"]) == HOUR
        found.append((ago, values))
    return [each for each in sorted(found, reverse=True) if each[0] > 1]


def named(folder: Path) -> dict[str, bytes]:
    """Return the files there, manifests or not."""
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1_000)


def test_each_hour_gets_one_file_and_a_closed_one_none_again_whatever_dies(
    worker: WorkerUnderTest, unique: str, folder: Path, hour_ms: int
) -> None:
    options = {"folder": str(folder), "format": "jsonl", "every": "hour"}
    worker.agree(unique, connector="file-sink", options=options)
    resting_since(worker, unique, hour_ms - 4 * HOUR)
    publish(worker, 0, 3, hour_ms - 4 * HOUR)
    publish(worker, 3, 2, hour_ms - 2 * HOUR)
    run_and_die(worker, 2)  # with a file, before its manifest
    half = named(folder)
    assert len(half) == 1
    publish(worker, 5, 1, hour_ms - 4 * HOUR + 1)  # of the hour that was begun: too late for it
    run_and_die(worker, 4)  # the same file and its manifest, then an empty file, before its own
    half = named(folder) | half
    assert len(half) == 2
    with worker.running(instance="back"):
        wait_until(lambda: len(closed(folder, hour_ms)) == 3)
    assert closed(folder, hour_ms) == [(4, [0.0, 1.0, 2.0]), (3, []), (2, [3.0, 4.0, 5.0])]
    assert half.items() <= named_files(folder).items()
    numbers = [
        (each["first_sequence"], each["last_sequence"]) for each in manifests(folder).values()
    ]
    assert numbers[:3] == [(1, 3), (4, 3), (4, 6)]

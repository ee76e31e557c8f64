"""A partner whose broker, registry or disk is away: its lanes wait, the neighbours' do not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.broker import JVM
from tests.support.gateway import SmallRegistry, small_registry
from tests.support.lanes import arrivals, await_lane, lanes, readings
from tests.support.ports import free_ports
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest, worker_under_test

from lingqu.kafka.settings import KafkaSettings
from lingqu_embedded.broker import BrokerSettings, start_broker
from lingqu_worker.metrics import LANES, RETRIES

pytestmark = pytest.mark.integration


@pytest.fixture
def registry() -> Iterator[SmallRegistry]:
    with small_registry() as made:
        yield made


@pytest.fixture
def worker(
    tmp_path: Path, kafka: KafkaSettings, registry: SmallRegistry, unique: str
) -> WorkerUnderTest:
    return worker_under_test(tmp_path, kafka, registry.url, unique, partitions=1)


def test_a_partners_broker_that_is_away_holds_its_own_lane_alone(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    """One that dies under a lane is killed in `make faults`."""
    port, controller_port = free_ports(2)
    settings = BrokerSettings(tmp_path / "partner", port, controller_port, heap_mb=256, jvm=JVM)
    at_partner = replace(worker, kafka=KafkaSettings(bootstrap_servers=settings.bootstrap))
    away, near = f"{unique}-away", f"{unique}-near"
    worker.agree(away, options=at_partner.kafka_options())
    worker.agree(near, options=worker.kafka_options())
    worker.publish(readings(0, 10))
    with worker.running() as (loop, resources), ExitStack() as stack:
        await_lane(loop, away, "waiting", settings.bootstrap, "is the broker up")
        wait_until(lambda: resources.metrics.value(LANES, feed=away, state="waiting") == 1)
        assert resources.metrics.value(RETRIES, feed=away)
        worker.await_delivered(arrivals(worker), 10)
        assert [lane.state for lane in lanes(loop, near)] == ["running"]
        stack.callback(start_broker(settings).stop)
        wait_until(lambda: at_partner.delivered(arrivals(worker)))
        wait_until(lambda: all(lane.state == "running" for lane in lanes(loop, away)))
        reader = TopicReader(at_partner.kafka, arrivals(worker))
        wait_until(lambda: reader.sequences() == list(range(1, 11)))


def test_a_partners_registry_that_is_away_holds_its_own_lane_alone(
    worker: WorkerUnderTest, unique: str
) -> None:
    away, near = f"{unique}-away", f"{unique}-near"
    with small_registry() as partners:
        partners.away = True
        theirs = worker.kafka_options(registry_url=partners.url, topic=f"{unique}.theirs")
        worker.agree(away, options=theirs)
        worker.agree(near, options=worker.kafka_options())
        worker.publish(readings(0, 10))
        with worker.running() as (loop, _):
            await_lane(loop, away, "waiting", partners.url)
            worker.await_delivered(arrivals(worker), 10)
            partners.away = False
            worker.await_delivered(f"{unique}.theirs", 10)
    assert TopicReader(worker.kafka, f"{unique}.theirs").sequences() == list(range(1, 11))


def test_a_full_disk_holds_its_own_lane_alone_and_every_event_is_in_one_file(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    folder, full, near = tmp_path / "drop", f"{unique}-full", f"{unique}-near"
    options = {"folder": str(folder), "format": "jsonl", "max_events": 50, "max_wait_s": 0.2}
    worker.agree(full, connector="file-sink", options=options)
    worker.agree(near, options=worker.kafka_options())
    with small_disk(folder):
        filler = folder / "filler"
        filler.write_bytes(b"x" * 120_000)
        worker.publish(readings(0, 200))
        with worker.running() as (loop, _):
            await_lane(loop, full, "waiting", f"{folder}: the disk is full", "free space there")
            worker.await_delivered(arrivals(worker), 200)
            filler.unlink()
            wait_until(lambda: len(named(folder)) == 200)
        assert named(folder) == list(range(1, 201))


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a file system of 128 KB, or skip where this user may not."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def named(folder: Path) -> list[int]:
    """Return the numbers of all events in files that a manifest names."""
    files = [json.loads(path.read_text())["file"] for path in folder.glob("*.manifest.json")]
    lines = [line for file in files for line in (folder / file).read_text().splitlines()]
    return sorted(json.loads(line)["lq_seq"] for line in lines)

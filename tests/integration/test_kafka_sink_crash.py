"""The Kafka sink killed between effect and progress, and its broker killed under it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.support.broker import small_broker
from tests.support.topics import TopicReader

from lingqu.connect.samples import REGION, Lane, sample_batch
from lingqu.errors import RetriableError
from lingqu.kafka.settings import KafkaSettings
from lingqu_connectors.kafka.options import KafkaSinkOptions
from lingqu_connectors.kafka.sink import KafkaSinkTask

pytestmark = pytest.mark.integration

# Delivers one batch as another process, and is killed at the point `kill_at` sets up.
DELIVER = """
import os, signal, sys
from lingqu.connect.samples import Lane, sample_batch
from lingqu_connectors.kafka.at_least_once import AtLeastOnce
from lingqu_connectors.kafka.options import KafkaSinkOptions
from lingqu_connectors.kafka.sink import KafkaSinkTask

bootstrap, feed, topic, guarantee = sys.argv[1:]
task, lane = KafkaSinkTask(), Lane(feed, topic, exactly_once=guarantee == "exactly_once")
task.start(lane.context(KafkaSinkOptions(bootstrap_servers=bootstrap, registry_url="http://x")))

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def die_when_the_broker_has_the_records():
    task._delivery._lane.raw.flush(20)
    die()

if lane.exactly_once:
    lane.check = die_when_the_broker_has_the_records
else:
    AtLeastOnce.remember = die
batch = sample_batch(lane, 1, 500)
task.put(batch, lane.progress(batch))
"""


def options_for(kafka: KafkaSettings) -> KafkaSinkOptions:
    return KafkaSinkOptions(
        bootstrap_servers=kafka.bootstrap_servers, registry_url="http://127.0.0.1:1"
    )


def deliver_and_die(kafka: KafkaSettings, lane: Lane) -> None:
    guarantee = "exactly_once" if lane.exactly_once else "at_least_once"
    arguments = [kafka.bootstrap_servers, lane.feed, lane.topic, guarantee]
    ended = subprocess.run([sys.executable, "-c", DELIVER, *arguments], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL


def go_on(kafka: KafkaSettings, lane: Lane) -> bytes | None:
    """Return the progress a new task finds, after it has put the batch again."""
    task, batch = KafkaSinkTask(), sample_batch(lane, 1, 500)
    try:
        found = task.start(lane.context(options_for(kafka)))
        task.put(batch, lane.progress(batch))
    finally:
        task.stop()
    return found


def test_records_without_their_progress_are_never_seen_by_committed_readers(
    kafka: KafkaSettings, unique: str
) -> None:
    lane = Lane(unique, f"trial.{unique}.v1")
    target = TopicReader(kafka, f"{lane.topic}.from.{REGION}")
    deliver_and_die(kafka, lane)
    assert go_on(kafka, lane) is None
    assert target.sequences() == list(range(1, 501))
    everything = TopicReader(kafka, target.topic, "read_uncommitted").sequences()
    assert len(everything) == 1_000, "the killed process had delivered before it died"


def test_at_least_once_repeats_the_batch_whose_progress_was_not_written(
    kafka: KafkaSettings, unique: str
) -> None:
    lane = Lane(unique, f"trial.{unique}.v1", exactly_once=False)
    deliver_and_die(kafka, lane)
    assert go_on(kafka, lane) is None
    found = TopicReader(kafka, f"{lane.topic}.from.{REGION}").sequences()
    assert found == sorted([*range(1, 501)] * 2)
    assert go_on(kafka, lane) == lane.progress(sample_batch(lane, 1, 500)).value


def test_a_broker_killed_before_the_commit_loses_and_repeats_nothing(
    tmp_path: Path, unique: str
) -> None:
    broker = small_broker(tmp_path)
    lane = Lane(unique, f"trial.{unique}.v1")
    dead = threading.Event()

    def kill_the_broker() -> None:
        lane.check = lambda: None
        broker.kill()
        dead.set()

    lane.check = kill_the_broker
    kafka = KafkaSettings.model_validate({"bootstrap_servers": broker.bootstrap})
    try:
        with ThreadPoolExecutor() as other:
            delivering = other.submit(_deliver, kafka, lane)
            assert dead.wait(30)
            broker.start()
            delivering.result()
        assert TopicReader(kafka, f"{lane.topic}.from.{REGION}").sequences() == [*range(1, 1_001)]
    finally:
        broker.stop()


def _deliver(kafka: KafkaSettings, lane: Lane) -> None:
    """Deliver two batches as the hub does: after an error a new task says where to go on."""
    batches = [sample_batch(lane, first, 500) for first in (1, 501)]
    done: list[bytes | None] = [lane.progress(batch).value for batch in batches]
    for _ in range(5):
        task = KafkaSinkTask()
        try:
            found = task.start(lane.context(options_for(kafka)))
            for batch in batches[done.index(found) + 1 if found else 0 :]:
                task.put(batch, lane.progress(batch))
        except RetriableError:
            continue
        else:
            return
        finally:
            task.stop()

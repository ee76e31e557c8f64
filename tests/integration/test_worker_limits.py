"""A partner whose agreement names limits: held to them, and nobody else is."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from tests.support.http_feed import http_feed
from tests.support.lanes import lanes, readings
from tests.support.partner import Reply, Request
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.agreements.model import Limits
from lingqu.kafka.settings import KafkaSettings
from lingqu_worker.metrics import THROTTLED_SECONDS

pytestmark = pytest.mark.integration

EVENTS = 240


def test_a_feed_keeps_its_pace_and_its_neighbour_goes_at_once(
    worker: WorkerUnderTest, unique: str
) -> None:
    slow, near = f"{unique}-slow", f"{unique}-near"
    topics = {feed: f"{feed}.arrivals" for feed in (slow, near)}
    limits = Limits(events_per_s=60)
    worker.agree(slow, options=worker.kafka_options(topic=topics[slow]), limits=limits)
    worker.agree(near, options=worker.kafka_options(topic=topics[near]))
    worker.publish(readings(0, EVENTS, stations=30))
    began = time.monotonic()
    with worker.running() as (loop, resources):
        worker.await_delivered(topics[near], EVENTS)
        assert len(worker.delivered(topics[slow])) < EVENTS, "its neighbour did not wait for it"
        waited: list[str] = []

        def sees_why() -> bool:
            waited.extend(lane.why for lane in lanes(loop, slow) if lane.state == "running")
            return any("no faster than agreed (events_per_s: 60)" in why for why in waited)

        wait_until(sees_why)
        worker.await_delivered(topics[slow], EVENTS)
        took_s = time.monotonic() - began
        assert resources.metrics.value(THROTTLED_SECONDS, feed=slow) > 1
        assert resources.metrics.value(THROTTLED_SECONDS, feed=near) == 0
    # A second's worth leaves at once, before the pace is felt.
    assert took_s >= (EVENTS - 60) / 60 * 0.9


def test_bytes_are_counted_as_they_are_sent(worker: WorkerUnderTest, unique: str) -> None:
    size = len(worker.record(readings(0, 1)[0])[1] or b"")
    limits = Limits(bytes_per_s=size * 60)
    worker.agree(unique, options=worker.kafka_options(topic=f"{unique}.to"), limits=limits)
    worker.publish(readings(0, EVENTS, stations=30))
    began = time.monotonic()
    with worker.running():
        worker.await_delivered(f"{unique}.to", EVENTS)
    assert time.monotonic() - began >= (EVENTS - 60) / 60 * 0.9


def test_no_more_lanes_call_at_once_than_agreed(
    tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str
) -> None:
    def slowly(_request: Request) -> Reply:
        threading.Event().wait(0.02)
        return Reply()

    with http_feed(tmp_path, kafka, registry_url, unique, partitions=4) as feed:
        feed.partner.decide = slowly
        feed.agree(limits=Limits(requests=1), options={"batch_size": 5})
        feed.worker.publish(readings(0, EVENTS, stations=40))
        with feed.worker.running():
            feed.await_taken(EVENTS)
        assert feed.partner.most_at_once == 1
        assert len(feed.partner.requests) >= EVENTS / 5

"""Lanes that close their transactional producer while nothing comes, on a real broker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from tests.support.builders import event
from tests.support.http_feed import http_feed
from tests.support.lanes import arrivals, await_lane, lanes, numbers_by_partition, readings
from tests.support.partner import Reply
from tests.support.remake import remake
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.agreements.state import PartyState
from lingqu.kafka.progress import Progress, progress_key
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec
from lingqu.kafka.transaction import TransactionalLane
from lingqu_worker.metrics import OPEN_PRODUCERS
from lingqu_worker.resources import Resources

pytestmark = pytest.mark.integration


def await_open(resources: Resources, count: int) -> None:
    """Wait until so many producers are open, and the gauge says so."""
    wait_until(lambda: resources.producers.count == count)
    wait_until(lambda: resources.metrics.value(OPEN_PRODUCERS) == count)


def test_lanes_at_rest_close_their_producers_and_go_on_with_the_next_event(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.rest_after_s = 0.2
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 20, stations=5))
    with worker.running() as (loop, resources):
        worker.await_delivered(arrivals(worker), 20)
        for first in (20, 30, 40):
            await_open(resources, 0)
            await_lane(loop, unique, "running", "opened again by the next event")
            worker.publish(readings(first, 10, stations=5))
            worker.await_delivered(arrivals(worker), first + 10)
    numbers = numbers_by_partition(worker.delivered(arrivals(worker)))
    assert sum(map(len, numbers.values())) == 50
    assert all(found == [*range(1, 1 + len(found))] for found in numbers.values())


def test_a_lane_that_wakes_goes_by_what_another_owner_did_while_it_rested(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.rest_after_s = 0.2
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 3))
    with worker.running() as (loop, resources):
        worker.await_delivered(arrivals(worker), 3)
        await_open(resources, 0)
        partition = next(lane.partition for lane in lanes(loop, unique) if lane.next_offset == 3)
        key = progress_key("43", unique, worker.topic, partition)
        other = TransactionalLane(worker.kafka, f"lingqu.43.{unique}.{partition}")
        before = Progress.decode(other.open(key) or b"")
        other.begin()
        other.commit(key, replace(before, next_offset=5, next_sequence=6).encode())
        other.close()
        worker.publish(readings(3, 3))
        worker.await_delivered(arrivals(worker), 4)
        await_open(resources, 0)
    delivered = numbers_by_partition(worker.delivered(arrivals(worker)))
    assert [*delivered.values()] == [[1, 2, 3, 6]]


def test_a_lane_that_slept_while_its_topic_was_lost_says_so(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.rest_after_s = 0.2
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 3))
    with worker.running() as (loop, resources):
        worker.await_delivered(arrivals(worker), 3)
        await_open(resources, 0)
        admin = AdminClient({"bootstrap.servers": worker.kafka.bootstrap_servers})
        remake(admin, worker.topic, worker.contract.partitions)
        await_lane(loop, unique, "failed", "was re-created")


def test_more_lanes_than_producers_take_turns_and_say_why_they_wait(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.transactional_lanes = 1
    feeds = [f"{unique}-one", f"{unique}-other"]
    for feed in feeds:
        worker.agree(feed, options=worker.kafka_options(topic=f"{feed}.to"))
    worker.publish(readings(0, 10, stations=5))
    with worker.running() as (loop, resources):

        def somebody_waits() -> bool:
            there = [lane for feed in feeds for lane in lanes(loop, feed)]
            words = "all 1 transactional producers of this worker are in use"
            return any(lane.state == "waiting" and words in lane.why for lane in there)

        wait_until(somebody_waits)
        for feed in feeds:
            worker.await_delivered(f"{feed}.to", 10)
        assert resources.producers.count <= 1


def test_an_inbound_lane_rests_and_wakes_too(worker: WorkerUnderTest, unique: str) -> None:
    worker.rest_after_s = 0.2
    outside = f"{unique}.outside"
    with Topics(worker.kafka) as topics:
        topics.ensure([TopicSpec(outside, 1)])
    worker.agree(
        unique,
        provider=PartyState("provider-44", "44"),
        recipient=PartyState("recipient-43", "43"),
        connector="kafka-source",
        options={"topic": outside},
    )
    with worker.running() as (loop, resources):
        for first in (0, 5):
            worker.publish([event(origin="44") for _ in range(5)], outside)
            worker.await_delivered(worker.topic, first + 5)
            await_open(resources, 0)
            await_lane(loop, unique, "running", "opened again by the next event")
    assert len(worker.delivered(worker.topic)) == 10


def test_a_lane_with_a_parked_event_stays_awake_to_send_it_again(
    tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str
) -> None:
    with http_feed(tmp_path, kafka, registry_url, unique, partitions=1) as feed:
        feed.worker.rest_after_s = 0.2
        feed.partner.decide = lambda request: Reply(
            207, {each["id"]: "retry" for each in request.events}
        )
        feed.agree()
        feed.worker.publish(readings(0, 1))
        with feed.worker.running() as (loop, resources):
            wait_until(lambda: feed.parked(loop).events == 1)
            feed.partner.decide = lambda _request: Reply()
            assert feed.await_taken(1) == [0]
            await_open(resources, 0)
            feed.worker.publish(readings(1, 1))
            assert feed.await_taken(2) == [0, 1]

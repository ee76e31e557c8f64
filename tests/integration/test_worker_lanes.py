"""Lanes that lose their topic, their target, their partner or their partition, on a real broker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient
from tests.support.broker import SharedBroker
from tests.support.lanes import arrivals, await_lane, lanes, readings
from tests.support.remake import remake
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.progress import PROGRESS_TOPIC, progress_key
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.transaction import TransactionalLane

pytestmark = pytest.mark.integration


@pytest.fixture
def admin(broker: SharedBroker) -> AdminClient:
    return AdminClient({"bootstrap.servers": broker.bootstrap})


def deliver(worker: WorkerUnderTest, events: Sequence[dict[str, Any]]) -> None:
    """Publish events, let a worker deliver them, and let it end."""
    worker.publish(events)
    with worker.running():
        worker.await_delivered(arrivals(worker), len(events))


def test_a_topic_made_anew_stops_the_lane_instead_of_skipping_or_repeating(
    worker: WorkerUnderTest, admin: AdminClient, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    deliver(worker, readings(0, 3))
    remake(admin, worker.topic, worker.contract.partitions)
    worker.publish(readings(10, 8))
    with worker.running() as (loop, _):
        await_lane(loop, unique, "failed", "was re-created", "at offset 3", "give the feed a new")
    assert len(worker.delivered(arrivals(worker))) == 3


def test_a_topic_made_anew_under_a_running_lane_stops_it_too(
    worker: WorkerUnderTest, admin: AdminClient, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 3))
    with worker.running() as (loop, _):
        worker.await_delivered(arrivals(worker), 3)
        remake(admin, worker.topic, worker.contract.partitions)
        worker.publish(readings(10, 8))
        await_lane(loop, unique, "failed", "was re-created")
    assert len(worker.delivered(arrivals(worker))) == 3


def test_another_number_of_partitions_stops_the_whole_feed(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 10, stations=5))
    with worker.running() as (loop, _):
        worker.await_delivered(arrivals(worker), 10)
        TopicReader(worker.kafka, worker.topic).grow(3)
        await_lane(loop, unique, "failed", "has 3 partitions, and 2 are known", "order is lost")
    worker.publish(readings(10, 10, stations=5))
    with worker.running() as (loop, _):
        wait_until(lambda: [lane.state for lane in lanes(loop, unique)] == ["failed"] * 3)
        await_lane(loop, unique, "failed", "has 3 partitions, and 2 are known", "repartition")
    assert len(worker.delivered(arrivals(worker))) == 10


def test_a_target_that_lost_its_progress_stops_the_lane_with_the_cure(
    worker: WorkerUnderTest, kafka: KafkaSettings, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    deliver(worker, readings(0, 3))
    number = worker.delivered(arrivals(worker))[0].partition()
    producer = BulkProducer(kafka)
    producer.produce(PROGRESS_TOPIC, None, progress_key("43", unique, worker.topic, number))
    producer.flush()
    producer.close()
    with worker.running() as (loop, _):
        await_lane(loop, unique, "failed", "progress (0) is behind what was delivered (3)", "rest")
    assert len(worker.delivered(arrivals(worker))) == 3


def test_retention_that_overtook_the_progress_stops_the_lane_with_the_gap(
    worker: WorkerUnderTest, admin: AdminClient, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    deliver(worker, readings(0, 10))
    worker.publish(readings(10, 10))
    number = worker.delivered(arrivals(worker))[0].partition()
    for future in admin.delete_records([TopicPartition(worker.topic, number, 15)]).values():
        future.result(10)
    with worker.running() as (loop, _):
        await_lane(loop, unique, "failed", "offsets 10 to 14 (5) were deleted", "publish")
    assert len(worker.delivered(arrivals(worker))) == 10


def test_a_fenced_lane_gives_up_joins_again_and_neither_loses_nor_doubles(
    worker: WorkerUnderTest, kafka: KafkaSettings, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 5))
    with worker.running() as (loop, _):
        number = worker.await_delivered(arrivals(worker), 5)[0].partition()
        newer = TransactionalLane(kafka, f"lingqu.43.{unique}.{number}")
        newer.open(progress_key("43", unique, worker.topic, number))
        worker.publish(readings(5, 5))
        worker.await_delivered(arrivals(worker), 10)
        await_lane(loop, unique, "running")
        newer.close()
    assert TopicReader(kafka, arrivals(worker)).sequences() == list(range(1, 11))

"""The Kafka sink on a real broker, read by programs that are not ours."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace

import fastavro
import pytest
from confluent_kafka.admin import AdminClient
from kafka.partitioner.default import murmur2
from tests.support.remake import remake
from tests.support.topics import TopicReader

from lingqu.connect.samples import REGION, SCHEMA, TARGET_SCHEMA_ID, Lane, sample_batch
from lingqu.errors import FencedError, PermanentError, RetriableError
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec
from lingqu_connectors.kafka.options import KafkaSinkOptions
from lingqu_connectors.kafka.sink import KafkaSinkTask

pytestmark = pytest.mark.integration


@pytest.fixture
def options(kafka: KafkaSettings) -> KafkaSinkOptions:
    return KafkaSinkOptions(
        bootstrap_servers=kafka.bootstrap_servers, registry_url="http://127.0.0.1:1"
    )


@pytest.fixture
def lane(unique: str) -> Lane:
    return Lane(unique, f"trial.{unique}.v1")


@pytest.fixture
def task() -> Iterator[KafkaSinkTask]:
    made = KafkaSinkTask()
    yield made
    made.stop()


@pytest.fixture
def target(kafka: KafkaSettings, lane: Lane) -> TopicReader:
    return TopicReader(kafka, f"{lane.topic}.from.{REGION}")


def put(task: KafkaSinkTask, lane: Lane, first: int, events: int) -> None:
    batch = sample_batch(lane, first, events)
    task.put(batch, lane.progress(batch))


def test_this_broker_verifies_transactions(kafka: KafkaSettings) -> None:
    with Topics(kafka) as topics:
        assert topics.verifies_transactions()


def test_an_independent_reader_finds_key_body_number_and_the_targets_schema_id(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    task.start(lane.context(options))
    put(task, lane, 41, 6)
    batch = sample_batch(lane, 41, 6)
    found = sorted(target.read(), key=lambda message: int(message.headers()[0][1]))
    assert [message.headers() for message in found] == [
        [("lq_seq", str(sequence).encode())] for sequence in batch.sequences
    ]
    assert [message.key() for message in found] == batch.keys
    assert [m.value()[:5] for m in found] == [b"\x00" + TARGET_SCHEMA_ID.to_bytes(4, "big")] * 6
    reader = fastavro.parse_schema(json.loads(SCHEMA))
    bodies = [fastavro.schemaless_reader(io.BytesIO(m.value()[5:]), reader) for m in found]
    assert [body["meter"].encode() for body in bodies] == batch.keys


def test_keys_meet_the_partitions_that_other_clients_choose(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    task.start(lane.context(options))
    put(task, lane, 1, 50)
    chosen = {message.key(): message.partition() for message in target.read()}
    assert chosen == {key: (murmur2(key) & 0x7FFFFFFF) % lane.partitions for key in chosen}
    assert len(set(chosen.values())) > 1


def test_the_schema_is_registered_under_the_target_topic_before_the_first_record(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    task.start(lane.context(options))
    assert lane.registered == [(options.registry_url, f"{target.topic}-value", SCHEMA)]
    assert target.read() == []


def test_a_changed_view_is_registered_before_its_first_record(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane
) -> None:
    task.start(lane.context(options))
    changed = SCHEMA.replace('"label"', '"name"')
    batch = replace(sample_batch(lane, 1, 2), schema=changed)
    task.put(batch, lane.progress(batch))
    task.put(batch, lane.progress(batch))
    assert [schema for _, _, schema in lane.registered] == [SCHEMA, changed]


def test_a_missing_target_topic_gets_the_partitions_of_the_source(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    lane.partitions = 5
    task.start(lane.context(options))
    assert target.partitions() == 5


def test_a_missing_target_topic_is_waited_for_where_it_may_not_be_created(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane
) -> None:
    closed = options.model_copy(update={"create_topic": False})
    with pytest.raises(RetriableError, match="create it with 3 partitions, or set create_topic"):
        task.start(lane.context(closed))


def test_a_target_topic_that_has_grown_stops_the_lane(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    task.start(lane.context(options))
    task.stop()
    target.grow(4)
    with pytest.raises(PermanentError, match=r"had 3 partitions .* and has 4 now"):
        task.start(lane.context(options))


def test_a_target_topic_that_was_made_anew_stops_the_lane(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    task.start(lane.context(options))
    task.stop()
    admin = AdminClient({"bootstrap.servers": target.kafka.bootstrap_servers})
    remake(admin, target.topic, target.partitions())
    with pytest.raises(PermanentError, match=r"was re-created .* agree on a new topic"):
        task.start(lane.context(options))


def test_a_target_topic_with_a_small_limit_gets_small_batches(
    task: KafkaSinkTask,
    kafka: KafkaSettings,
    options: KafkaSinkOptions,
    lane: Lane,
    target: TopicReader,
) -> None:
    with Topics(kafka) as topics:
        topics.ensure([TopicSpec(f"{lane.topic}.from.{REGION}", 3, {"max.message.bytes": "9000"})])
    task.start(lane.context(options))
    batch = sample_batch(lane, 1, 500)
    task.put(batch, lane.progress(batch))
    assert sorted(target.sequences()) == [*range(1, 501)]
    assert lane.rejected == []


def test_too_large_an_event_is_rejected_and_the_rest_goes_on(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    task.start(lane.context(options))
    batch = sample_batch(lane, 1, 5)
    payloads = [*batch.payloads]
    payloads[2] += b"x" * 1_000_000
    task.put(replace(batch, payloads=payloads), lane.progress(batch))
    assert target.sequences() == [1, 2, 4, 5]
    assert [(seq, v.status, v.reason and v.reason.code) for seq, v in lane.rejected] == [
        (3, "rejected", "too_large")
    ]


def test_events_without_a_key_are_delivered(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    task.start(lane.context(options))
    batch = replace(sample_batch(lane, 1, 5), keys=[None] * 5)
    task.put(batch, lane.progress(batch))
    assert target.sequences() == [1, 2, 3, 4, 5]


def test_a_batch_larger_than_the_producers_queue_is_delivered_whole(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    task.start(lane.context(options))
    batch = sample_batch(lane, 1, 300)
    large = replace(batch, payloads=[payload + b"x" * 990_000 for payload in batch.payloads])
    task.put(large, lane.progress(large))
    assert target.sequences() == list(range(1, 301))


def test_a_zombie_woken_amid_a_large_batch_is_fenced_and_changes_nothing(
    task: KafkaSinkTask, options: KafkaSinkOptions, lane: Lane, target: TopicReader
) -> None:
    zombie = KafkaSinkTask()
    zombie.start(lane.context(options))
    task.start(lane.context(options))
    put(task, lane, 1, 10)
    try:
        for _ in range(2):
            with pytest.raises(FencedError):
                put(zombie, lane, 1, 100_000)
    finally:
        zombie.stop()
    put(task, lane, 11, 10)
    assert target.sequences() == list(range(1, 21))

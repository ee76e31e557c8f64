"""What a partner frames by GUID, as Confluent's newer serializers do, enters like anything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.schema_registry import (
    SchemaRegistryClient,
    header_schema_id_serializer,
    prefix_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from tests.support.lanes import arrivals, readings
from tests.support.registry import running_registry
from tests.support.worker import WorkerUnderTest, worker_under_test

from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import group_by_schema

pytestmark = pytest.mark.integration

FRAMINGS = (header_schema_id_serializer, prefix_schema_id_serializer)


@pytest.fixture
def worker(tmp_path: Path, kafka: KafkaSettings, unique: str) -> Iterator[WorkerUnderTest]:
    schemas = tmp_path / "none"
    schemas.mkdir()
    with running_registry(f"sqlite:///{tmp_path / 'registry.sqlite'}", schemas) as url:
        yield worker_under_test(tmp_path, kafka, url, unique)


def test_ids_and_guids_in_one_topic_are_admitted_under_the_hubs_own_id(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    with Topics(worker.kafka) as topics:
        topics.ensure([TopicSpec(arrivals(worker), worker.contract.partitions)])
    send(worker, arrivals(worker), readings(0, 20))

    with worker.running(region="44"):
        admitted = [record.value() for record in worker.await_delivered(worker.topic, 20)]

    grouped = group_by_schema(admitted)
    assert grouped.single == worker.schema_id()
    columns = AvroCodec(worker.contract.latest().schema).decode_framed(admitted).columns
    assert columns.column("value").to_pylist() == list(range(20))


def send(worker: WorkerUnderTest, topic: str, events: list[dict[str, Any]]) -> None:
    """Write events by turns in each framing, as a partner's programs would."""
    schema = worker.contract.latest().schema
    producer = Producer({"bootstrap.servers": worker.kafka.bootstrap_servers})
    with SchemaRegistryClient({"url": worker.registry_url}) as client:
        writers = [
            AvroSerializer(client, schema, conf={"schema.id.serializer": framing})
            for framing in FRAMINGS
        ]
        for number, event in enumerate(events):
            headers: list[tuple[str, bytes]] = []
            context = SerializationContext(topic, MessageField.VALUE, headers)
            value = writers[number % len(writers)](event, context)
            producer.produce(topic, value, worker.contract.key_of(event), headers=headers)
    assert producer.flush(20) == 0

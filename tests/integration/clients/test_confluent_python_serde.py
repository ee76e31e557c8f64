"""confluent-kafka-python's AvroSerializer and AvroDeserializer, through the broker, with ours."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import fastavro
import pytest
from confluent_kafka import Message
from confluent_kafka.schema_registry import (
    Metadata,
    MetadataProperties,
    Schema,
    SchemaReference,
    SchemaRegistryClient,
    header_schema_id_serializer,
    prefix_schema_id_serializer,
    record_subject_name_strategy,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError
from tests.integration.clients.conftest import Headers, Wire
from tests.integration.clients.records import EVENT, READING, WIDER
from tests.support.http import http

from lingqu.kafka.bulk import BulkProducer
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import group_by_schema
from lingqu.wire.registry import RegistryClient
from lingqu_cli.listening import listen
from lingqu_cli.showing import Reader

pytestmark = pytest.mark.integration

MEASURED_AT = datetime.fromtimestamp(EVENT["measured_at"] / 1000, UTC)
LATEST = {"auto.register.schemas": False, "use.latest.version": True}
READ = {**EVENT, "measured_at": MEASURED_AT}


def prefix_guid_serializer(payload: bytes, _context: SerializationContext, schema_id: Any) -> bytes:
    """Frame by GUID in the payload: the client's own bytes, put where its readers look too."""
    framing: bytes = schema_id.guid_to_bytes()
    return framing + payload


# The first bytes of a record in each framing, and the header that says the rest.
FRAMINGS = {
    prefix_schema_id_serializer: (b"\x00", []),
    prefix_guid_serializer: (b"\x01", []),
    header_schema_id_serializer: (b"", ["__value_schema_id"]),
}


def written(wire: Wire, serializer: AvroSerializer, event: dict[str, Any] = EVENT) -> Message:
    headers: Headers = []
    context = SerializationContext(wire.topic, MessageField.VALUE, headers)
    return wire.carried(serializer(event, context), headers)


def read(wire: Wire, message: Message, deserializer: AvroDeserializer) -> Any:
    headers = message.headers() or []
    return deserializer(
        message.value(), SerializationContext(wire.topic, MessageField.VALUE, headers)
    )


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("registering", [True, False])
def test_each_framing_is_read_by_a_client_that_knows_nothing_yet(
    client: SchemaRegistryClient,
    stranger: SchemaRegistryClient,
    wire: Wire,
    framing: Callable[..., bytes],
    registering: bool,
) -> None:
    if not registering:
        client.register_schema(wire.subject, Schema(READING, "AVRO"))
    conf = {
        "auto.register.schemas": registering,
        "use.latest.version": not registering,
        "schema.id.serializer": framing,
    }

    message = written(wire, AvroSerializer(client, READING, conf=conf))

    first, headers = FRAMINGS[framing]
    assert message.value().startswith(first)
    assert [name for name, _ in message.headers() or []] == headers
    assert read(wire, message, AvroDeserializer(stranger)) == READ


def test_the_guid_in_a_header_finds_the_schema_for_anybody(
    registry: str, client: SchemaRegistryClient, wire: Wire
) -> None:
    client.register_schema(wire.subject, Schema(READING, "AVRO"))
    conf = {**LATEST, "schema.id.serializer": header_schema_id_serializer}
    message = written(wire, AvroSerializer(client, READING, conf=conf))

    ((_, value),) = message.headers()
    digits = value[1:].hex()
    guid = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    text = http.get(f"{registry}/schemas/guids/{guid}").json()["schema"]
    schema = fastavro.parse_schema(json.loads(text))
    assert value[0] == 1
    assert fastavro.schemaless_reader(io.BytesIO(message.value()), schema, None) == READ


def test_our_consumer_reads_what_it_wrote(
    registry: str, client: SchemaRegistryClient, wire: Wire
) -> None:
    payload = written(wire, AvroSerializer(client, READING)).value()

    with RegistryClient(registry) as ours:
        schema_id = group_by_schema([payload]).single
        assert schema_id is not None
        codec = AvroCodec(ours.schema(schema_id))
    (row,) = codec.decode_framed([payload]).columns.to_pylist()
    assert row == {**READ, "measured_at": MEASURED_AT.replace(tzinfo=None)}  # Arrow: UTC unsaid


@pytest.mark.parametrize("framing", FRAMINGS)
def test_lingqu_consume_reads_each_framing(
    registry: str, client: SchemaRegistryClient, wire: Wire, framing: Callable[..., bytes]
) -> None:
    written(wire, AvroSerializer(client, READING, conf={"schema.id.serializer": framing}))

    (record,) = listen(wire.kafka, wire.topic, from_beginning=True, idle_s=20, maximum=1)
    with RegistryClient(registry) as ours:
        assert Reader(ours).read(record.value) == READ


def test_it_reads_what_our_producer_wrote(
    registry: str, client: SchemaRegistryClient, wire: Wire
) -> None:
    with RegistryClient(registry) as ours:
        schema_id = ours.register(wire.subject, READING)
    codec = AvroCodec(READING)
    (body,) = codec.encode_rows([EVENT])
    (value,) = codec.encode_framed(codec.decode([body]).columns, schema_id)
    producer = BulkProducer(wire.kafka)
    producer.produce(wire.topic, value, b"43-A1")
    producer.flush(20)
    producer.close()

    assert read(wire, wire.newest(), AvroDeserializer(client)) == READ


def test_a_reader_of_a_newer_version_gets_its_default(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, wire: Wire
) -> None:
    message = written(wire, AvroSerializer(client, READING))
    client.register_schema(wire.subject, Schema(WIDER, "AVRO"))

    latest = AvroDeserializer(stranger, conf={"use.latest.version": True})
    assert read(wire, message, latest) == {**READ, "colour": None}
    assert read(wire, message, AvroDeserializer(stranger, WIDER)) == {**READ, "colour": None}


def test_the_latest_version_is_written_where_nothing_registers(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, wire: Wire
) -> None:
    client.register_schema(wire.subject, Schema(READING, "AVRO"))
    number = client.register_schema(wire.subject, Schema(WIDER, "AVRO"))

    message = written(wire, AvroSerializer(stranger, conf=LATEST), {**EVENT, "colour": "绿"})

    assert group_by_schema([message.value()]).single == number
    assert read(wire, message, AvroDeserializer(stranger)) == {**READ, "colour": "绿"}


def test_the_version_that_carries_some_metadata_is_written(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, wire: Wire
) -> None:
    metadata = Metadata(tags=None, properties=MetadataProperties({"major": "1"}), sensitive=None)
    number = client.register_schema(wire.subject, Schema(READING, "AVRO", metadata=metadata))
    later = Metadata(tags=None, properties=MetadataProperties({"major": "2"}), sensitive=None)
    client.register_schema(wire.subject, Schema(WIDER, "AVRO", metadata=later))
    conf = {"auto.register.schemas": False, "use.latest.with.metadata": {"major": "1"}}

    message = written(wire, AvroSerializer(stranger, conf=conf))

    assert group_by_schema([message.value()]).single == number


def test_a_schema_that_refers_to_another_is_read(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, wire: Wire
) -> None:
    client.register_schema(f"{wire.topic}-reading", Schema(READING, "AVRO"))
    text = '{"type":"record","name":"R","fields":[{"name":"reading","type":"cn.demo.Reading"}]}'
    reference = SchemaReference("cn.demo.Reading", f"{wire.topic}-reading", 1)
    serializer = AvroSerializer(client, Schema(text, "AVRO", references=[reference]))

    message = written(wire, serializer, {"reading": EVENT})

    assert read(wire, message, AvroDeserializer(stranger)) == {"reading": READ}


def test_the_records_name_may_be_the_subject(client: SchemaRegistryClient, wire: Wire) -> None:
    conf = {"subject.name.strategy": record_subject_name_strategy, "normalize.schemas": True}
    written(wire, AvroSerializer(client, READING, conf=conf))

    assert "cn.demo.Reading" in client.get_subjects()


def test_what_is_not_registered_is_not_written(client: SchemaRegistryClient, wire: Wire) -> None:
    serializer = AvroSerializer(client, READING, conf={"auto.register.schemas": False})

    with pytest.raises(Exception, match=f"Subject '{wire.subject}' not found"):
        written(wire, serializer)


def test_an_unknown_id_is_told(client: SchemaRegistryClient, wire: Wire) -> None:
    message = wire.carried(b"\x00\x7f\xff\xff\xff\x00")

    with pytest.raises(Exception, match="Schema 2147483647 not found"):
        read(wire, message, AvroDeserializer(client))
    with pytest.raises(SerializationError, match="magic byte"):
        read(wire, wire.carried(b"\x07 no framing"), AvroDeserializer(client))

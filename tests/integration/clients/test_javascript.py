"""JavaScript: @kafkajs/confluent-schema-registry and @confluentinc/schemaregistry, and kafkajs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.clients import toolchain
from tests.integration.clients.conftest import Wire
from tests.integration.clients.drivers import ClientError, Driver, base64_of
from tests.integration.clients.records import BREAKING, EVENT, READING, WIDER
from tests.support.broker import SharedBroker

from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame, group_by_schema

pytestmark = pytest.mark.integration

SCHEMA = {"schemaType": "AVRO", "schema": READING}
NEWER = {"schemaType": "AVRO", "schema": WIDER}
OTHER_KINDS = {
    "JSON": '{"type":"object","properties":{"station":{"type":"string"}}}',
    "PROTOBUF": 'syntax = "proto3"; message Reading { string station = 1; }',
}
BROKEN = {"schemaType": "AVRO", "schema": BREAKING}


@pytest.fixture(scope="module")
def node(
    registry: str, broker: SharedBroker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Driver]:
    log = tmp_path_factory.mktemp("node") / "node.log"
    with Driver([*toolchain.node(), registry, broker.bootstrap], log) as driver:
        yield driver


def refused(code: int, node: Driver, call: str, *args: Any) -> None:
    with pytest.raises(ClientError) as caught:
        node.call(call, *args)
    assert (caught.value.status, caught.value.code) == (int(str(code)[:3]), code)


def test_the_two_clients_read_what_the_other_wrote(node: Driver, wire: Wire) -> None:
    """Each way is a client's bytes, sent and received by kafkajs itself."""
    number = node.call("kafkajs.register", json.loads(READING), {"subject": wire.subject})["id"]
    by_kafkajs = node.call("kafkajs.encode", number, EVENT)
    node.call("wire.send", wire.topic, by_kafkajs)
    received = node.call("wire.receive", wire.topic)
    assert node.call("avro.deserialize", wire.topic, received["value"]) == EVENT

    by_confluent = node.call("avro.serialize", "id", wire.topic, EVENT)
    assert by_confluent == {"value": by_kafkajs, "headers": {}}
    assert node.call("decoding.decode", by_confluent["value"]) == EVENT


def test_our_consumer_reads_what_kafkajs_wrote_and_it_reads_ours(node: Driver, wire: Wire) -> None:
    number = node.call("kafkajs.register", json.loads(READING), {"subject": wire.subject})["id"]
    node.call("wire.send", wire.topic, node.call("kafkajs.encode", number, EVENT))

    codec, payload = AvroCodec(READING), wire.newest().value()
    (body,) = codec.encode_rows([EVENT])
    assert payload == frame(number, body)
    assert group_by_schema([payload]).single == number
    assert node.call("decoding.decode", base64_of(frame(number, body))) == EVENT


def test_a_guid_in_a_header_crosses_the_broker(node: Driver, wire: Wire) -> None:
    node.call("confluent.register", wire.subject, SCHEMA, False)
    framed = node.call("avro.serialize", "guid", wire.topic, EVENT)
    node.call("wire.send", wire.topic, framed["value"], framed["headers"])

    message = wire.newest()
    ((name, value),) = message.headers()
    assert (name, value[0], len(value)) == ("__value_schema_id", 1, 17)
    assert message.value() == AvroCodec(READING).encode_rows([EVENT])[0]
    received = node.call("wire.receive", wire.topic)
    assert received == framed
    read = node.call("avro.deserialize", wire.topic, received["value"], received["headers"])
    assert read == EVENT


def test_a_guid_before_the_body_is_read(node: Driver, wire: Wire) -> None:
    node.call("confluent.register", wire.subject, SCHEMA, False)
    guid = node.call("confluent.getLatestSchemaMetadata", wire.subject)["guid"]
    (body,) = AvroCodec(READING).encode_rows([EVENT])
    payload = wire.carried(b"\x01" + uuid.UUID(guid).bytes + body).value()

    assert node.call("avro.deserialize", wire.topic, base64_of(payload)) == EVENT


def test_kafkajs_registers_as_its_own_way_of_asking_wants(node: Driver, unique: str) -> None:
    """Only a 404 of an unset level lets it set one: BACKWARD by default."""
    schema = json.loads(READING)
    number = node.call("kafkajs.register", schema, {"subject": unique})["id"]

    assert node.call("kafkajs.register", schema, {"subject": unique})["id"] == number
    assert node.call("confluent.getCompatibility", unique) == "BACKWARD"
    with pytest.raises(ClientError, match="BACKWARD"):
        node.call("kafkajs.register", schema, {"subject": unique, "compatibility": "FULL"})
    with pytest.raises(ClientError, match="incompatible") as caught:
        node.call("kafkajs.register", json.loads(BREAKING), {"subject": unique})
    assert caught.value.status == 409


@pytest.mark.parametrize("kind", ["JSON", "PROTOBUF"])
def test_kafkajs_writes_other_kinds_of_schemas(node: Driver, unique: str, kind: str) -> None:
    node.call("confluent.updateCompatibility", unique, "NONE")  # the registry judges Avro only
    options = {"subject": unique, "compatibility": "NONE"}
    sent = {"type": kind, "schema": OTHER_KINDS[kind]}
    number = node.call("kafkajs.register", sent, options)["id"]

    assert node.call("confluent.getBySubjectAndId", unique, number)["schemaType"] == kind
    payload = node.call("kafkajs.encode", number, {"station": "桔子洲"})
    assert node.call("decoding.decode", payload) == {"station": "桔子洲"}


def test_kafkajs_finds_what_is_registered(node: Driver, unique: str) -> None:
    number = node.call("kafkajs.register", json.loads(READING), {"subject": unique})["id"]
    other = node.call("confluent.register", unique, NEWER, False)

    assert node.call("kafkajs.getLatestSchemaId", unique) == other
    assert node.call("kafkajs.getRegistryId", unique, 1) == number
    assert node.call("kafkajs.getRegistryIdBySchema", unique, json.loads(READING)) == number
    assert node.call("kafkajs.getSchema", other)["fields"][-1]["name"] == "colour"
    with pytest.raises(ClientError, match="Schema not found"):
        node.call("kafkajs.getRegistryIdBySchema", unique, json.loads(BREAKING))
    with pytest.raises(ClientError, match=f"Subject '{unique}-none' not found"):
        node.call("kafkajs.getLatestSchemaId", f"{unique}-none")
    with pytest.raises(ClientError, match="Schema 2147483647 not found"):
        node.call("decoding.decode", base64_of(b"\x00\x7f\xff\xff\xff\x00"))


def test_confluents_client_finds_what_is_registered(node: Driver, unique: str) -> None:
    subject = f"{unique}/断面 a"
    number = node.call("confluent.registerFullResponse", subject, SCHEMA, True)["id"]
    second = node.call("confluent.register", subject, NEWER, False)
    first = node.call("confluent.getSchemaMetadata", subject, 1, False)

    assert (first["id"], first["version"]) == (number, 1)
    assert node.call("confluent.getBySubjectAndId", subject, number)["schema"] == READING
    assert node.call("confluent.getByGuid", first["guid"])["schema"] == READING
    assert node.call("confluent.getId", subject, SCHEMA, False) == number
    assert node.call("confluent.getVersion", subject, SCHEMA, True, False) == 1
    assert node.call("confluent.getLatestSchemaMetadata", subject)["id"] == second
    assert subject in node.call("confluent.getAllSubjects")
    refused(40402, node, "confluent.getSchemaMetadata", subject, 3, False)
    refused(40403, node, "confluent.getId", subject, BROKEN, False)
    refused(40901, node, "confluent.register", subject, BROKEN, False)
    refused(42201, node, "confluent.register", subject, {"schema": "{"}, False)


def test_confluents_client_finds_a_version_by_its_metadata(node: Driver, unique: str) -> None:
    marked = {**SCHEMA, "metadata": {"properties": {"stage": "最终 版", "major": "1"}}}
    number = node.call("confluent.register", unique, marked, False)
    later = {**NEWER, "metadata": {"properties": {"stage": "later"}}}
    node.call("confluent.register", unique, later, False)

    wanted = {"major": "1", "stage": "最终 版"}
    found = node.call("confluent.getLatestWithMetadata", unique, wanted, False)
    assert (found["id"], found["metadata"]) == (number, marked["metadata"])


def test_confluents_client_deletes(node: Driver, unique: str) -> None:
    for schema in (SCHEMA, NEWER):
        node.call("confluent.register", unique, schema, False)

    assert node.call("confluent.getAllVersions", unique) == [1, 2]
    assert node.call("confluent.deleteSubjectVersion", unique, 1, False) == 1
    refused(40406, node, "confluent.deleteSubjectVersion", unique, 1, False)
    assert node.call("confluent.deleteSubject", unique, False) == [2]
    assert node.call("confluent.deleteSubject", unique, True) == [1, 2]
    refused(40401, node, "confluent.getAllVersions", unique)


def test_confluents_client_judges_and_sets_levels(node: Driver, unique: str) -> None:
    node.call("confluent.register", unique, SCHEMA, False)

    assert node.call("confluent.testSubjectCompatibility", unique, NEWER)
    assert not node.call("confluent.testCompatibility", unique, 1, BROKEN)
    refused(40408, node, "confluent.getCompatibility", unique)
    assert node.call("confluent.updateCompatibility", unique, "NONE") == "NONE"
    assert node.call("confluent.testCompatibility", unique, 1, BROKEN)
    assert node.call("confluent.getDefaultCompatibility") == "BACKWARD"
    refused(42203, node, "confluent.updateDefaultCompatibility", "SIDEWAYS")


def test_confluents_client_keeps_a_whole_configuration(node: Driver, unique: str) -> None:
    config = {"compatibility": "FULL", "compatibilityGroup": "major", "normalize": True}
    assert node.call("confluent.updateConfig", unique, config) == config

    kept = {**config, "compatibilityLevel": "FULL"}
    del kept["compatibility"]
    assert node.call("confluent.getConfig", unique) == kept
    before = node.call("confluent.getDefaultConfig")
    assert before["compatibilityLevel"] == "BACKWARD"
    again = {"compatibility": before["compatibilityLevel"]}
    assert node.call("confluent.updateDefaultConfig", again) == again

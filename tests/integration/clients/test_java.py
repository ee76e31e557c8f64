"""Java: Confluent's own client 7.5.3, as Flink's Avro format bundles it, and Flink's framing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.clients import toolchain
from tests.integration.clients.conftest import Wire
from tests.integration.clients.drivers import ClientError, Driver, base64_of, bytes_of
from tests.integration.clients.records import BREAKING, EVENT, EVENT_AS_AVRO_JSON, READING, WIDER

from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame, group_by_schema

pytestmark = pytest.mark.integration

AS_JSON = {"Content-Type": "application/vnd.schemaregistry.v1+json"}
# They set up a client or look into it, or are the one call below all others.
ASKING_NOTHING = {
    *("close", "configure", "getBaseUrls", "getSchemaProviders", "httpRequest", "parseSchema"),
    *("reset", "tenant"),
    *("setBasicAuthCredentialProvider", "setBearerAuthCredentialProvider", "setHostnameVerifier"),
    *("setHttpConnectTimeoutMs", "setHttpHeaders", "setHttpReadTimeoutMs", "setProxy"),
    *("setSslSocketFactory", "ticker"),
}


@pytest.fixture(scope="module")
def java(registry: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    log = tmp_path_factory.mktemp("java") / "java.log"
    with Driver([*toolchain.java(), registry], log) as driver:
        yield driver


def refused(code: int, java: Driver, call: str, *args: Any) -> None:
    with pytest.raises(ClientError) as caught:
        java.call(call, *args)
    assert (caught.value.status, caught.value.code) == (int(str(code)[:3]), code)


@pytest.mark.parametrize("client", ["cached", "rest"])
def test_every_method_that_asks_has_a_test(java: Driver, client: str) -> None:
    tested = Path(__file__).read_text("utf-8")
    methods = java.methods(client) - ASKING_NOTHING

    assert {name for name in methods if not re.search(rf'"({client}\.)?{name}"', tested)} == set()


def test_flink_and_we_read_each_other_through_the_broker(java: Driver, wire: Wire) -> None:
    event = json.loads(EVENT_AS_AVRO_JSON)
    by_flink = bytes_of(java.call("avro.encode", wire.subject, READING, event))
    number = java.call("cached.getId", wire.subject, READING)
    (body,) = AvroCodec(READING).encode_rows([EVENT])

    received = wire.carried(by_flink).value()
    assert received == frame(number, body)
    assert group_by_schema([received]).single == number
    ours = wire.carried(frame(number, body)).value()
    assert java.call("avro.decode", base64_of(ours)) == event
    with pytest.raises(ClientError, match="Magic number does not match"):
        java.call("avro.decode", base64_of(b"\x07 of another framing"))


def test_schemas_are_registered_and_found(java: Driver, unique: str) -> None:
    number = java.call("cached.register", unique, READING)
    made = java.call("cached.registerWithResponse", unique, WIDER, True)

    assert java.call("cached.getId", unique, READING, True) == number
    assert java.call("cached.getSchemaById", number)["schema"] == READING
    assert java.call("cached.getSchemaBySubjectAndId", unique, made["id"])["schema"] == WIDER
    assert java.call("cached.getLatestSchemaMetadata", unique)["id"] == made["id"]
    assert java.call("cached.getSchemaMetadata", unique, 1)["schema"] == READING
    assert java.call("cached.getByVersion", unique, 2, False)["schema"] == WIDER
    assert java.call("cached.getVersion", unique, WIDER) == 2
    assert java.call("cached.getAllVersions", unique) == [1, 2]
    assert {"subject": unique, "version": 1} in java.call("cached.getAllVersionsById", number)
    assert unique in java.call("cached.getAllSubjectsById", number)
    assert java.call("cached.getAllSubjectsByPrefix", unique) == [unique]
    assert unique in java.call("cached.getAllSubjects")
    assert len(java.call("cached.getSchemas", unique, False, True)) == 1
    for older in ("getById", "getByID"):
        assert java.call(f"cached.{older}", number) == READING
    for older in ("getBySubjectAndId", "getBySubjectAndID"):
        assert java.call(f"cached.{older}", unique, number) == READING
    refused(40403, java, "cached.getSchemaById", 2**31 - 1)
    refused(40401, java, "cached.getLatestSchemaMetadata", f"{unique}-none")
    refused(40901, java, "cached.register", unique, BREAKING)


def test_the_serializers_two_ways_of_asking(java: Driver, unique: str) -> None:
    """Registering, looking up and reading by id, with all that KafkaAvroSerializer sends along."""
    made = java.call("rest.registerSchema", READING, unique, True)

    found = java.call("rest.lookUpSubjectVersion", READING, unique, True, True)
    assert (found["id"], found["version"]) == (made["id"], 1)
    by_id = java.call("rest.getId", made["id"], unique, True)
    assert by_id["schema"] == READING
    assert by_id["maxId"] >= made["id"]
    assert java.call("rest.getOnlySchemaById", {}, made["id"], unique) == READING
    refused(40403, java, "rest.lookUpSubjectVersion", WIDER, unique, False, False)
    refused(40401, java, "rest.lookUpSubjectVersion", READING, f"{unique}-none")
    refused(42201, java, "rest.registerSchema", "{", unique)


def test_versions_are_listed_and_read(java: Driver, unique: str) -> None:
    subject = f"{unique}/section a"  # this client's own escaping breaks beyond ASCII
    number = java.call("rest.registerSchema", READING, subject)
    java.call("rest.registerSchema", WIDER, subject)
    java.call("rest.deleteSchemaVersion", {}, subject, "2")

    assert java.call("rest.getVersion", subject, 1)["id"] == number
    assert java.call("rest.getLatestVersion", subject)["version"] == 1
    assert java.call("rest.getVersionSchemaOnly", subject, 1) == READING
    assert java.call("rest.getLatestVersionSchemaOnly", subject) == READING
    assert java.call("rest.getAllVersions", subject) == [1]
    assert java.call("rest.getDeletedOnlyVersions", subject) == [2]
    java.call("rest.deleteSubject", {}, subject)
    assert java.call("rest.getDeletedOnlySubjects", unique) == [subject]
    assert java.call("rest.getAllSubjects", unique, True) == [subject]
    assert subject in java.call("rest.getAllSubjectsById", number, subject, True)
    uses = java.call("rest.getAllVersionsById", number, subject, True)
    assert {"subject": subject, "version": 1} in uses
    refused(40401, java, "rest.getAllVersions", subject)


def test_schemas_are_judged_against_all_versions(java: Driver, unique: str) -> None:
    """The all-versions call ends in a slash, which is its own way of writing it."""
    java.call("cached.updateCompatibility", unique, "NONE")
    java.call("cached.register", unique, READING)
    java.call("cached.register", unique, BREAKING)
    java.call("cached.updateCompatibility", unique, "BACKWARD_TRANSITIVE")

    assert java.call("cached.testCompatibility", unique, BREAKING)
    assert java.call("cached.testCompatibilityVerbose", unique, BREAKING) == []
    (message, *_) = java.call("rest.testCompatibility", BREAKING, unique, True)
    assert "READER_FIELD_MISSING_DEFAULT_VALUE" in message
    assert java.call("rest.testCompatibility", BREAKING, unique, "2") == []
    assert java.call("rest.testCompatibility", BREAKING, f"{unique}-none", True) == []
    refused(40402, java, "rest.testCompatibility", READING, unique, "7")


def test_levels_and_whole_configurations_are_kept(java: Driver, unique: str) -> None:
    refused(40408, java, "cached.getCompatibility", unique)
    assert java.call("rest.updateCompatibility", "FULL", unique)["compatibility"] == "FULL"
    assert java.call("cached.getCompatibility", unique) == "FULL"
    java.call("cached.deleteCompatibility", unique)
    config = {"compatibilityLevel": "FORWARD", "compatibilityGroup": "major"}
    java.call("cached.updateConfig", unique, config)

    assert java.call("cached.getConfig", unique)["compatibilityGroup"] == "major"
    assert java.call("rest.getConfig", {}, unique, True)["compatibilityLevel"] == "FORWARD"
    request = {"compatibility": "NONE", "normalize": True}
    assert java.call("rest.updateConfig", request, unique)["normalize"] is True
    assert java.call("rest.deleteConfig", unique)["compatibilityLevel"] == "NONE"
    java.call("cached.updateConfig", unique, config)
    java.call("cached.deleteConfig", unique)
    refused(40408, java, "rest.getConfig", unique)


def test_modes_are_set_and_an_import_keeps_its_numbers(java: Driver, unique: str) -> None:
    own = READING.replace('"Reading"', f'"{unique}"')
    assert java.call("cached.getMode") == "READWRITE"
    refused(40409, java, "cached.getMode", unique)
    refused(42205, java, "rest.registerSchema", own, unique, 800_001, 5)
    assert java.call("cached.setMode", "IMPORT", unique) == "IMPORT"

    assert java.call("cached.register", unique, own, 5, 800_001) == 800_001
    assert java.call("rest.getVersion", unique, 5)["id"] == 800_001
    assert java.call("rest.getMode", unique, True)["mode"] == "IMPORT"
    assert java.call("rest.setMode", "READONLY", unique, True)["mode"] == "READONLY"
    assert java.call("rest.deleteSubjectMode", unique)["mode"] == "READONLY"
    java.call("cached.setMode", "READONLY", unique)
    java.call("cached.deleteMode", unique)
    refused(40409, java, "rest.getMode", unique)


def test_references_metadata_and_tags_are_kept(java: Driver, unique: str) -> None:
    marked = {"schema": READING, "metadata": {"properties": {"stage": "最终 版"}}}
    number = java.call("rest.registerSchema", marked, unique, False)["id"]
    text = '{"type":"record","name":"R","fields":[{"name":"a","type":"cn.demo.Reading"}]}'
    reference = {"name": "cn.demo.Reading", "subject": unique, "version": 1}
    using = {"schema": text, "references": [reference]}
    other = java.call("rest.registerSchema", using, f"{unique}-using", False)["id"]

    assert java.call("rest.getReferencedBy", unique, 1) == [other]
    assert java.call("rest.getSchemas", unique, False, True)[-1]["references"] == [reference]
    wanted = {"stage": "最终 版"}
    assert java.call("rest.getLatestWithMetadata", {}, unique, wanted, False)["id"] == number
    assert java.call("cached.getLatestWithMetadata", unique, wanted, False)["id"] == number
    path = {"schemaEntity": {"entityType": "sr_field", "entityPath": "cn.demo.Reading.station"}}
    tags = {"tagsToAdd": [{**path, "tags": ["PUBLIC"]}]}
    java.call("rest.modifySchemaTags", AS_JSON, tags, unique, "latest")
    newest = java.call("rest.getLatestVersion", unique)
    assert newest["version"] == 2
    assert "PUBLIC" in json.dumps(newest)


def test_what_is_deleted_is_gone_step_by_step(java: Driver, unique: str) -> None:
    for schema in (READING, WIDER):
        java.call("cached.register", unique, schema)

    refused(40407, java, "cached.deleteSchemaVersion", unique, "1", True)
    assert java.call("cached.deleteSchemaVersion", unique, "1") == 1
    assert java.call("cached.deleteSubject", unique) == [2]
    refused(40404, java, "cached.deleteSubject", unique)
    assert java.call("cached.deleteSubject", unique, True) == [1, 2]


def test_it_learns_what_the_registry_is(java: Driver) -> None:
    assert "AVRO" in java.call("rest.getSchemaTypes")
    assert "." in java.call("rest.getAllContexts")
    assert java.call("rest.getClusterId")["scope"]["clusters"]
    assert java.call("rest.getSchemaRegistryServerVersion")["version"]

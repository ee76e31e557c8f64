"""confluent-kafka-python: what SchemaRegistryClient asks of schemas, subjects and versions."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from tests.integration.clients.confluent_python import (
    BROKEN,
    FIRST,
    SECOND,
    metadata,
    named,
    refused,
)
from tests.integration.clients.records import READING, WIDER

pytestmark = pytest.mark.integration

USING = '{"type":"record","name":"Using","fields":[{"name":"reading","type":"cn.demo.Reading"}]}'


def test_every_method_has_a_test() -> None:
    members = inspect.getmembers(SchemaRegistryClient, inspect.isroutine)
    files = Path(__file__).parent.glob("test_confluent_python*.py")
    tested = "".join(path.read_text("utf-8") for path in files)

    untested = {name for name, _ in members if f"def test_{name}(" not in tested}
    assert {name for name in untested if not name.startswith("_")} == set()


def test_new_client(registry: str) -> None:
    with SchemaRegistryClient.new_client({"url": f"{registry}/"}) as client:
        assert client.get_schema_types()


def test_config(registry: str, client: SchemaRegistryClient) -> None:
    assert client.config()["url"] == registry


def test_close(registry: str) -> None:
    client = SchemaRegistryClient({"url": registry})
    client.close()

    with pytest.raises(RuntimeError, match="closed"):
        client.get_subjects()


def test_register_schema(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, unique: str
) -> None:
    number = client.register_schema(unique, FIRST)

    assert stranger.register_schema(unique, FIRST, normalize_schemas=True) == number
    refused(40901, lambda: client.register_schema(unique, BROKEN))
    refused(42201, lambda: client.register_schema(unique, Schema("{", "AVRO")))


def test_register_schema_full_response(client: SchemaRegistryClient, unique: str) -> None:
    answer = client.register_schema_full_response(unique, FIRST)

    found = client.lookup_schema(unique, FIRST)
    assert (answer.subject, answer.schema_id) == (unique, found.schema_id)
    assert (answer.version, answer.guid) == (1, found.guid)


def test_get_schema(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, unique: str
) -> None:
    number = client.register_schema(unique, FIRST)

    assert stranger.get_schema(number) == FIRST
    assert stranger.get_schema(number, subject_name=unique) == FIRST
    assert stranger.get_schema(number, subject_name="another", fmt="resolved") == FIRST
    refused(40403, lambda: stranger.get_schema(2**31 - 1))


def test_get_schema_by_guid(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, unique: str
) -> None:
    client.register_schema(unique, FIRST)
    guid = client.lookup_schema(unique, FIRST).guid

    assert stranger.get_schema_by_guid(guid) == FIRST
    refused(40403, lambda: stranger.get_schema_by_guid("00000000-0000-0000-0000-000000000000"))


def test_get_schema_types(client: SchemaRegistryClient) -> None:
    assert "AVRO" in client.get_schema_types()


def test_get_subjects_by_schema_id(client: SchemaRegistryClient, unique: str) -> None:
    """The subject says in which context the id is meant; Confluent's does not filter by it."""
    subjects = [unique, f"{unique}-b", f"{unique}-c"]
    (number,) = {client.register_schema(subject, named(unique)) for subject in subjects}
    client.delete_subject(unique)

    assert client.get_subjects_by_schema_id(number, subject_name="another") == subjects[1:]
    assert client.get_subjects_by_schema_id(number, unique, deleted=True) == subjects
    assert client.get_subjects_by_schema_id(number, offset=1, limit=1) == subjects[2:]


def test_get_schema_versions(client: SchemaRegistryClient, unique: str) -> None:
    number = client.register_schema(unique, named(unique))

    (found,) = client.get_schema_versions(number, subject_name=unique, offset=0, limit=5)
    assert (found.subject, found.version) == (unique, 1)
    client.delete_version(unique, 1)
    assert client.get_schema_versions(number) == []
    assert client.get_schema_versions(number, deleted=True) == [found]


def test_lookup_schema(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, unique: str
) -> None:
    refused(40401, lambda: client.lookup_schema(unique, FIRST))
    number = client.register_schema(unique, FIRST)

    found = client.lookup_schema(unique, FIRST, normalize_schemas=True, fmt="")
    assert (found.schema_id, found.version, found.schema) == (number, 1, FIRST)
    refused(40403, lambda: client.lookup_schema(unique, SECOND))
    client.delete_subject(unique)
    refused(40401, lambda: stranger.lookup_schema(unique, FIRST))
    assert stranger.lookup_schema(unique, FIRST, deleted=True).schema_id == number


def test_get_subjects(client: SchemaRegistryClient, unique: str) -> None:
    for subject in (unique, f"{unique}/河 a", f"{unique}%2F"):
        client.register_schema(subject, FIRST)
    client.delete_subject(unique)

    alive = [f"{unique}%2F", f"{unique}/河 a"]
    assert client.get_subjects(unique) == alive
    assert client.get_subjects(unique, deleted=True) == [unique, *alive]
    assert client.get_subjects(unique, offset=1, limit=1) == alive[1:]
    assert client.get_version(f"{unique}/河 a").schema == FIRST


def test_delete_subject(client: SchemaRegistryClient, unique: str) -> None:
    refused(40401, lambda: client.delete_subject(unique))
    client.register_schema(unique, FIRST)
    client.register_schema(unique, SECOND)

    refused(40405, lambda: client.delete_subject(unique, permanent=True))
    assert client.delete_subject(unique) == [1, 2]
    refused(40404, lambda: client.delete_subject(unique))
    assert client.delete_subject(unique, permanent=True) == [1, 2]
    refused(40401, lambda: client.get_versions(unique, deleted=True))


def test_get_latest_version(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, unique: str
) -> None:
    client.register_schema(unique, FIRST)
    client.register_schema(unique, SECOND)

    assert client.get_latest_version(unique).schema == SECOND
    refused(40401, lambda: stranger.get_latest_version(f"{unique}-none", fmt="resolved"))


def test_get_latest_with_metadata(client: SchemaRegistryClient, unique: str) -> None:
    marked = Schema(READING, "AVRO", metadata=metadata(stage="final"))
    client.register_schema(unique, marked)
    client.register_schema(unique, Schema(WIDER, "AVRO", metadata=metadata(stage="later")))

    found = client.get_latest_with_metadata(unique, {"stage": "final"})
    assert (found.version, found.schema.metadata) == (1, marked.metadata)
    refused(40403, lambda: client.get_latest_with_metadata(unique, {"stage": "draft"}))
    refused(40401, lambda: client.get_latest_with_metadata(f"{unique}-none", {}))


def test_get_version(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, unique: str
) -> None:
    number = client.register_schema(unique, FIRST)

    found = client.get_version(unique, 1, fmt="")
    assert (found.schema_id, found.subject, found.schema) == (number, unique, FIRST)
    refused(40402, lambda: client.get_version(unique, 2))
    client.delete_version(unique, 1)
    refused(40401, lambda: stranger.get_version(unique, 1))
    assert stranger.get_version(unique, 1, deleted=True).schema_id == number


def test_get_referenced_by(client: SchemaRegistryClient, unique: str) -> None:
    client.register_schema(unique, FIRST)
    reference = SchemaReference("cn.demo.Reading", unique, 1)
    using = Schema(USING, "AVRO", references=[reference])
    number = client.register_schema(f"{unique}-using", using)

    assert client.get_referenced_by(unique, 1) == [number]
    assert client.get_referenced_by(unique, "latest", offset=1) == []
    refused(42206, lambda: client.delete_version(unique, 1))


def test_get_versions(client: SchemaRegistryClient, unique: str) -> None:
    refused(40401, lambda: client.get_versions(unique))
    client.register_schema(unique, FIRST)
    client.register_schema(unique, SECOND)
    client.delete_version(unique, 1)

    assert client.get_versions(unique) == [2]
    assert client.get_versions(unique, deleted=True) == [1, 2]
    assert client.get_versions(unique, deleted=True, offset=1, limit=5) == [2]


def test_delete_version(client: SchemaRegistryClient, unique: str) -> None:
    client.register_schema(unique, FIRST)
    client.register_schema(unique, SECOND)

    refused(40407, lambda: client.delete_version(unique, 2, permanent=True))
    assert client.delete_version(unique, 2) == 2
    refused(40406, lambda: client.delete_version(unique, 2))
    assert client.delete_version(unique, 2, permanent=True) == 2
    refused(40402, lambda: client.delete_version(unique, 2))
    refused(42202, lambda: client.delete_version(unique, 0))

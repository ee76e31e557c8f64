"""confluent-kafka-python: what SchemaRegistryClient asks of levels, modes, contexts and more."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from confluent_kafka.schema_registry import (
    ConfigCompatibilityLevel,
    SchemaRegistryClient,
    ServerConfig,
)
from confluent_kafka.schema_registry.common.schema_registry_client import (
    AssociationCreateOrUpdateInfo,
    AssociationCreateOrUpdateRequest,
)
from confluent_kafka.schema_registry.error import SchemaRegistryError
from tests.integration.clients.confluent_python import BROKEN, FIRST, SECOND, metadata, refused

pytestmark = pytest.mark.integration


def test_set_compatibility(client: SchemaRegistryClient, unique: str) -> None:
    assert client.set_compatibility(unique, "none") == {"compatibility": "NONE"}
    client.register_schema(unique, FIRST)
    client.register_schema(unique, BROKEN)
    refused(42203, lambda: client.set_compatibility(unique, "SIDEWAYS"))
    before = client.get_compatibility()
    try:
        assert client.set_compatibility(level="FULL") == {"compatibility": "FULL"}
        assert client.get_compatibility() == "FULL"
    finally:
        client.set_compatibility(level=before)


def test_get_compatibility(client: SchemaRegistryClient, unique: str) -> None:
    assert client.get_compatibility() == "BACKWARD"
    refused(40408, lambda: client.get_compatibility(unique))
    client.set_compatibility(unique, "FORWARD_TRANSITIVE")
    assert client.get_compatibility(unique) == "FORWARD_TRANSITIVE"


def test_test_compatibility(client: SchemaRegistryClient, unique: str) -> None:
    assert client.test_compatibility(unique, BROKEN)
    refused(40402, lambda: client.test_compatibility(unique, BROKEN, 1))
    client.register_schema(unique, FIRST)

    assert client.test_compatibility(unique, SECOND, normalize=True)
    assert not client.test_compatibility(unique, BROKEN, version=1, verbose=True)
    refused(40402, lambda: client.test_compatibility(unique, SECOND, version=7))


def test_test_compatibility_all_versions(client: SchemaRegistryClient, unique: str) -> None:
    assert client.test_compatibility_all_versions(unique, BROKEN)
    client.set_compatibility(unique, "NONE")
    client.register_schema(unique, FIRST)
    client.register_schema(unique, BROKEN)
    client.set_compatibility(unique, "BACKWARD")
    assert client.test_compatibility_all_versions(unique, BROKEN, normalize=True)
    client.set_compatibility(unique, "BACKWARD_TRANSITIVE")
    assert not client.test_compatibility_all_versions(unique, BROKEN, verbose=True)


def test_set_config(client: SchemaRegistryClient, unique: str) -> None:
    level = ConfigCompatibilityLevel.FULL
    config = ServerConfig(
        compatibility=level,
        compatibility_group="major",
        default_metadata=metadata(owner="水利厅"),
        override_metadata=metadata(region="43"),
    )
    client.set_config(unique, config)
    client.register_schema(unique, FIRST)

    kept = client.get_latest_version(unique).schema.metadata
    assert kept == metadata(owner="水利厅", region="43")


def test_get_config(client: SchemaRegistryClient, unique: str) -> None:
    refused(40408, lambda: client.get_config(unique))
    group = ServerConfig(compatibility=ConfigCompatibilityLevel.FULL, compatibility_group="major")
    client.set_config(unique, group)

    found = client.get_config(unique)
    assert found.compatibility_level == ConfigCompatibilityLevel.FULL
    assert found.compatibility_group == "major"
    assert client.get_config().compatibility_level == ConfigCompatibilityLevel.BACKWARD


def test_delete_config(client: SchemaRegistryClient, unique: str) -> None:
    refused(40401, lambda: client.delete_config(unique))
    client.set_compatibility(unique, "FULL")

    assert client.delete_config(unique).compatibility_level == ConfigCompatibilityLevel.FULL
    refused(40408, lambda: client.get_config(unique))
    client.set_compatibility(level="NONE")
    client.delete_config()
    assert client.get_compatibility() == "BACKWARD"


def test_get_mode(client: SchemaRegistryClient, unique: str) -> None:
    refused(40409, lambda: client.get_mode(unique))
    client.update_mode(unique, "READONLY")
    assert client.get_mode(unique) == "READONLY"


def test_update_mode(client: SchemaRegistryClient, unique: str) -> None:
    client.register_schema(unique, FIRST)
    assert client.update_mode(unique, "READONLY") == "READONLY"
    refused(42205, lambda: client.register_schema(unique, SECOND))
    refused(42205, lambda: client.update_mode(unique, "IMPORT"))
    assert client.update_mode(unique, "IMPORT", force=True) == "IMPORT"
    refused(42204, lambda: client.update_mode(unique, "SIDEWAYS"))


def test_delete_mode(client: SchemaRegistryClient, unique: str) -> None:
    refused(40401, lambda: client.delete_mode(unique))
    client.update_mode(unique, "READONLY")

    assert client.delete_mode(unique) == "READONLY"
    refused(40409, lambda: client.get_mode(unique))


def test_get_global_mode(client: SchemaRegistryClient) -> None:
    assert client.get_global_mode() == "READWRITE"


def test_update_global_mode(client: SchemaRegistryClient, unique: str) -> None:
    try:
        assert client.update_global_mode("READONLY") == "READONLY"
        refused(42205, lambda: client.register_schema(unique, FIRST))
        client.update_mode(unique, "READWRITE")
        assert client.register_schema(unique, FIRST)
    finally:
        assert client.update_global_mode("READWRITE", force=True) == "READWRITE"


def test_get_contexts(client: SchemaRegistryClient, unique: str) -> None:
    client.register_schema(f":.{unique}:{unique}", FIRST)

    contexts = client.get_contexts()
    assert "." in contexts
    assert f".{unique}" in contexts
    assert client.get_contexts(offset=1, limit=1) == contexts[1:2]
    assert unique not in client.get_subjects(unique)
    assert client.get_subjects(f":.{unique}:") == [f":.{unique}:{unique}"]


def test_clear_latest_caches(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, unique: str
) -> None:
    client.register_schema(unique, FIRST)
    assert client.get_latest_version(unique).version == 1
    stranger.register_schema(unique, SECOND)

    client.clear_latest_caches()
    assert client.get_latest_version(unique).version == 2


def test_clear_caches(
    client: SchemaRegistryClient, stranger: SchemaRegistryClient, unique: str
) -> None:
    number = client.register_schema(unique, FIRST)
    stranger.delete_subject(unique)

    client.clear_caches()
    assert client.register_schema(unique, FIRST) == number
    assert client.lookup_schema(unique, FIRST).version == 2
    assert client.get_schema(number) == FIRST


def test_get_associations_by_resource_name(client: SchemaRegistryClient, unique: str) -> None:
    """A registry without associations says 404, and each client takes TopicNameStrategy."""
    with pytest.raises(SchemaRegistryError) as caught:
        client.get_associations_by_resource_name(unique, "-", "topic", ["value"])
    assert caught.value.http_status_code == HTTPStatus.NOT_FOUND


def test_create_association(client: SchemaRegistryClient, unique: str) -> None:
    wanted = AssociationCreateOrUpdateInfo(subject=unique, association_type="value")
    request = AssociationCreateOrUpdateRequest(unique, "-", unique, "topic", [wanted])
    with pytest.raises(SchemaRegistryError) as caught:
        client.create_association(request)
    assert caught.value.http_status_code == HTTPStatus.NOT_FOUND


def test_delete_associations(client: SchemaRegistryClient, unique: str) -> None:
    with pytest.raises(SchemaRegistryError) as caught:
        client.delete_associations(unique, "topic", ["value"])
    assert caught.value.http_status_code == HTTPStatus.NOT_FOUND

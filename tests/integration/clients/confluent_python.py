"""What the tests of confluent-kafka-python's client share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka.schema_registry import Metadata, MetadataProperties, Schema
from confluent_kafka.schema_registry.error import SchemaRegistryError
from tests.integration.clients.records import BREAKING, READING, WIDER

FIRST, SECOND, BROKEN = (Schema(text, "AVRO") for text in (READING, WIDER, BREAKING))


def named(name: str) -> Schema:
    """Return a schema that nobody else has, so that its id is not shared."""
    return Schema(READING.replace('"Reading"', f'"{name}"'), "AVRO")


def refused(code: int, call: Callable[[], Any]) -> None:
    with pytest.raises(SchemaRegistryError) as caught:
        call()
    assert caught.value.error_code == code
    assert caught.value.http_status_code == int(str(code)[:3])


def metadata(**properties: str) -> Metadata:
    return Metadata(tags=None, properties=MetadataProperties(properties), sensitive=[])

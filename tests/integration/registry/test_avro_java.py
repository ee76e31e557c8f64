"""The registry's own reading of Avro beside that of Avro Java, on schemas that hypothesis makes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.support.absent import absent
from tests.support.avro_java import AvroJava
from tests.support.random_avro import pairs, schemas

from lingqu.contracts.avro.compatibility import problems
from lingqu.errors import UnavailableError
from lingqu_registry.parsing.parsed import parse_schema

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def avro_java() -> AvroJava:
    try:
        return AvroJava()
    except UnavailableError as error:
        absent(str(error))


def drawn(strategy: Any, count: int) -> list[Any]:
    """Return so many examples: one Java process answers them all."""
    found: list[Any] = []

    @settings(max_examples=count, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def gather(example: Any) -> None:
        found.append(example)

    gather()
    return found


def test_texts_are_avro_java_s(avro_java: AvroJava) -> None:
    texts = [json.dumps(each, ensure_ascii=False) for each in drawn(schemas(), 60)]

    answers = avro_java.ask({"schema": text} for text in texts)

    assert [parse_schema(text).text for text in texts] == [each.get("text") for each in answers]


def test_verdicts_are_avro_java_s(avro_java: AvroJava) -> None:
    asked = drawn(pairs(depth=2), 80)

    answers = avro_java.ask(
        {"reader": json.dumps(reader), "writer": json.dumps(writer)} for writer, reader in asked
    )

    for (writer, reader), answer in zip(asked, answers, strict=True):
        found = problems(reader, writer)
        # Ours tells more: what is wrong inside a union's branch. Avro Java tells it again for each
        # use of a type, and of a place inside a union only where it lies from that union on.
        theirs = {(kind, info) for kind, _, info in answer["problems"]}
        assert theirs <= {(each.kind, each.info) for each in found}, (reader, writer)
        assert bool(theirs) == bool(found), (reader, writer)

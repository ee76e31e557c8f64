from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from tests.support.random_avro import schemas

from lingqu_registry.errors import RegistryError
from lingqu_registry.parsing.parsed import parse_schema

CASES = yaml.safe_load(Path(__file__).with_name("canonical_cases.yaml").read_text("utf-8"))
KEPT = [case for case in CASES if case["text"] is not None]
REFUSED = [case["schema"] for case in CASES if case["text"] is None]


@pytest.mark.parametrize("case", KEPT, ids=lambda case: case["schema"][:60])
def test_the_text_is_avro_java_s(case: dict[str, str]) -> None:
    assert parse_schema(case["schema"]).text == case["text"]


@pytest.mark.parametrize("case", KEPT, ids=lambda case: case["schema"][:60])
def test_the_normal_text_is_confluent_s(case: dict[str, str]) -> None:
    normal = case.get("normal", case["text"])

    assert parse_schema(case["schema"], normalize=True).text == normal


@pytest.mark.parametrize("schema", REFUSED)
def test_what_avro_java_refuses_is_refused(schema: str) -> None:
    with pytest.raises(RegistryError) as caught:
        parse_schema(schema)
    assert caught.value.code == 42201


@settings(max_examples=40)
@given(schemas())
def test_a_text_and_its_normal_form_are_their_own(schema: Any) -> None:
    for normalize in (False, True):
        once = parse_schema(json.dumps(schema), normalize=normalize).text
        assert parse_schema(once, normalize=normalize).text == once


def test_letters_stay_as_they_are_and_control_characters_are_escaped() -> None:
    doc = 'a\x7f\u2028水\\u001f"\x1f'
    schema = {"type": "record", "name": "R", "fields": [], "doc": doc}

    assert '"doc":"a\x7f\u2028水\\\\u001f\\"\\u001F"' in parse_schema(json.dumps(schema)).text

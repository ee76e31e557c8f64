from __future__ import annotations

import json
from typing import Any

import pytest

from lingqu_registry.errors import RegistryError
from lingqu_registry.parsed import fingerprint, guid, parse_schema


def record(*fields: Any, **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": list(fields), **more}


@pytest.mark.parametrize(
    "schema",
    [
        5,
        None,
        [["null"]],
        ["int", "int"],
        {"type": "nothing"},
        {"type": "array"},
        {"type": {"type": "string"}},
        {"type": "record", "name": "R"},
        {"type": "record", "fields": []},
        record(name="1bad"),
        record({"name": "a-b", "type": "int"}),
        record({"name": "a", "type": "int"}, {"name": "a", "type": "int"}),
        record({"name": "a", "type": "Unknown"}),
        {"type": "enum", "name": "E", "symbols": ["a", "a"]},
        {"type": "enum", "name": "E", "symbols": ["a b"]},
        {"type": "fixed", "name": "F", "size": "x"},
    ],
)
def test_what_is_no_avro_is_42201(schema: Any) -> None:
    with pytest.raises(RegistryError, match="Invalid schema") as caught:
        parse_schema(json.dumps(schema))
    assert (caught.value.code, caught.value.http_status) == (42201, 422)


@pytest.mark.parametrize("text", ["", "  ", "{", "not a type"])
def test_what_is_no_json_is_42201(text: str) -> None:
    with pytest.raises(RegistryError) as caught:
        parse_schema(text)
    assert caught.value.code == 42201


def test_a_bare_primitive_is_a_schema() -> None:
    assert parse_schema("string").text == '"string"'


def test_a_schema_may_use_the_names_of_another() -> None:
    used = json.dumps({"type": "fixed", "name": "a.F", "size": 2})
    schema = json.dumps(record({"name": "f", "type": "a.F"}))

    assert parse_schema(schema, uses=(used,)).names["a.F"]["size"] == 2
    with pytest.raises(RegistryError):
        parse_schema(schema)


def test_the_guid_is_the_md5_of_the_text() -> None:
    assert fingerprint("hello") == "5d41402abc4b2a76b9719d911017c592"
    assert guid(fingerprint("hello")) == "5d41402a-bc4b-2a76-b971-9d911017c592"


def test_the_same_text_with_metadata_is_another_schema() -> None:
    plain = fingerprint("hello", (None, {}))

    assert plain == fingerprint("hello")
    assert plain != fingerprint("hello", ({"properties": {"a": "b"}},))

from __future__ import annotations

import json
from typing import Any

import pytest

from lingqu.contracts.avro.types import Fixed, Record
from lingqu_registry.errors import RegistryError
from lingqu_registry.parsing.parsed import parse_schema


def record(*fields: Any, **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": list(fields), **more}


REFUSED = [
    ("AVRO", ""),
    ("AVRO", "  "),
    ("AVRO", "{"),
    ("AVRO", "string"),
    ("AVRO", '"string" "int"'),
    ("AVRO", '"nothing"'),
    ("AVRO", '{"type":"fixed","name":"F","size":NaN}'),
    ("AVRO", '{"type":"string","x":"\\ud800"}'),
    ("AVRO", "[" * 5000),
    ("AVRO", '"int" /* and on'),
    ("AVRO", "/*" * 200_000),
    ("AVRO", '"' + r"\"" * 200_000),
    ("AVRO", '{"type":"array","items":' * 600 + '"int"' + "}" * 600),
    ("JSON", ""),
    ("JSON", "{"),
    ("PROTOBUF", "message {"),
    ("XML", "<a/>"),
]


@pytest.mark.parametrize(("schema_type", "text"), REFUSED)
def test_what_is_no_schema_is_42201(schema_type: str, text: str) -> None:
    with pytest.raises(RegistryError) as caught:
        parse_schema(text, schema_type=schema_type)
    assert (caught.value.code, caught.value.http_status) == (42201, 422)


def test_a_refusal_says_place_cause_and_cure() -> None:
    text = json.dumps(record({"name": "a", "type": "int", "default": "x"}))

    with pytest.raises(RegistryError) as caught:
        parse_schema(text)

    assert str(caught.value) == (
        "Invalid schema: it is no AVRO schema: at /fields/0: the default 'x' of field 'a' is no"
        " int; give one that is, or leave it out"
    )


def test_what_is_not_new_keeps_a_default_that_is_none_of_its_type() -> None:
    """Avro let them pass until 1.9, and they are in registries to be imported from."""
    fields: list[dict[str, Any]] = [
        {"name": "a", "type": ["null", "string"], "default": {}},
        {"name": "b", "type": "double", "default": True},
    ]
    text = json.dumps(record(*fields), separators=(",", ":"))

    for normalize in (False, True):
        kept = json.loads(parse_schema(text, is_new=False, normalize=normalize).text)
        assert kept["fields"] == fields
    with pytest.raises(RegistryError):
        parse_schema(text)


def test_comments_are_read_over() -> None:
    text = '/* of a "river" */ {"type": "string", // a name\n "unit": "// m/*s*/"}'

    assert parse_schema(text).text == '{"type":"string","unit":"// m/*s*/"}'


def test_a_schema_may_use_the_names_of_another() -> None:
    used = json.dumps({"type": "fixed", "name": "a.F", "size": 2})
    text = json.dumps(record({"name": "f", "type": "a.F"}))

    found = parse_schema(text, uses=(used,))

    assert found.text == '{"type":"record","name":"R","fields":[{"name":"f","type":"a.F"}]}'
    assert isinstance(found.tree, Record)
    assert isinstance(found.tree.fields[0].type, Fixed)
    with pytest.raises(RegistryError):
        parse_schema(text)


def test_what_lies_inside_another_schema_is_written_out() -> None:
    """Avro Java names only the outermost types of the schemas referred to."""
    inner = {"type": "fixed", "name": "F", "size": 2}
    used = json.dumps(record({"name": "f", "type": inner}, name="Outer"))
    text = json.dumps(record({"name": "f", "type": "F"}, {"name": "o", "type": "Outer"}))

    fields = json.loads(parse_schema(text, uses=(used,)).text)["fields"]

    assert [each["type"] for each in fields] == [inner, "Outer"]


def test_the_same_text_is_parsed_once() -> None:
    assert parse_schema('"int"') is parse_schema('"int"')

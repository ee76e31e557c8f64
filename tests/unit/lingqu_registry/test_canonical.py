from __future__ import annotations

import json
from typing import Any

import pytest

from lingqu_registry.canonical import canonical_text


def record(**more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": [], **more}


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("string", '"string"'),
        ({"type": "string"}, '"string"'),
        (
            {"logicalType": "date", "type": "int"},
            '{"type":"int","logicalType":"date"}',
        ),
        (
            {"type": "string", "avro.java.string": "String"},
            '{"type":"string","avro.java.string":"String"}',
        ),
        (["null", {"type": "long"}], '["null","long"]'),
        ({"items": {"type": "int"}, "type": "array"}, '{"type":"array","items":"int"}'),
        ({"values": "int", "note": 1, "type": "map"}, '{"type":"map","values":"int","note":1}'),
        (
            {"size": 4, "name": "a.F", "type": "fixed"},
            '{"type":"fixed","name":"F","namespace":"a","size":4}',
        ),
        (
            {"symbols": ["x"], "default": "x", "doc": "d", "name": "E", "type": "enum", "k": "v"},
            '{"type":"enum","name":"E","doc":"d","symbols":["x"],"default":"x","k":"v"}',
        ),
        (
            {"aliases": ["Old", "b.Old"], "unit": "m", "namespace": "a", **record(doc="d")},
            (
                '{"type":"record","name":"R","namespace":"a","doc":"d","fields":[],"unit":"m"'
                ',"aliases":["Old","b.Old"]}'
            ),
        ),
    ],
)
def test_attributes_stand_in_the_order_of_avro_java(schema: Any, text: str) -> None:
    assert canonical_text(schema) == text


def test_a_field_keeps_what_it_says_and_then_the_unknown_attributes() -> None:
    field = {
        "grade": 2,
        "aliases": ["was"],
        "order": "descending",
        "default": "水",
        "doc": "d",
        "type": {"type": "string"},
        "name": "a",
        "unit": "mg/L",
        "kind": "reading",
    }

    assert canonical_text(record(fields=[field])) == (
        '{"type":"record","name":"R","fields":[{"name":"a","type":"string","doc":"d",'
        '"default":"水","order":"descending","aliases":["was"],"grade":2,"unit":"mg/L",'
        '"kind":"reading"}]}'
    )


def test_a_namespace_is_written_where_it_changes() -> None:
    inner = {"type": "record", "name": "x.C", "fields": [{"name": "e", "type": "a.E"}]}
    fields = [
        {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["s"]}},
        {"name": "c", "type": inner},
        {"name": "again", "type": ["null", "a.E"]},
        {"name": "c2", "type": "x.C"},
        {"name": "bare", "type": {"type": "fixed", "name": "F", "namespace": "", "size": 1}},
    ]

    text = json.loads(canonical_text(record(namespace="a", fields=fields)))

    types = [field["type"] for field in text["fields"]]
    assert types[0] == {"type": "enum", "name": "E", "symbols": ["s"]}
    assert types[1]["namespace"] == "x"
    assert types[1]["fields"][0]["type"] == "a.E"
    assert types[2:4] == [["null", "E"], "x.C"]
    assert types[4] == {"type": "fixed", "name": "F", "namespace": "", "size": 1}


@pytest.mark.parametrize(
    ("default", "text"),
    [
        (0, "0"),
        (0.0, "0.0"),
        (1.5, "1.5"),
        (100000.0, "100000.0"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
        (1e-5, "1.0E-5"),
        (-0.00012, "-1.2E-4"),
        (0.001, "0.001"),
        (True, "true"),
        (None, "null"),
        ('q"\\', '"q\\"\\\\"'),
        ("\x1f\n", '"\\u001F\\n"'),
        ([1, {"a": []}], '[1,{"a":[]}]'),
    ],
)
def test_values_are_written_as_java_writes_them(default: Any, text: str) -> None:
    field = {"name": "a", "type": "double", "default": default}

    assert f'"default":{text}}}' in canonical_text(record(fields=[field]))


def test_the_text_is_its_own_canonical_text() -> None:
    schema = record(namespace="a", unit="m", fields=[{"name": "r", "type": ["null", "R"]}])

    once = canonical_text(schema)

    assert canonical_text(json.loads(once)) == once


def test_normalized_text_has_full_names_first_and_sorted_attributes() -> None:
    schema = record(namespace="a", z=1, b=2, fields=[{"name": "r", "type": ["null", "R"]}])

    assert canonical_text(schema, normalize=True) == (
        '{"name":"a.R","type":"record","fields":[{"name":"r","type":["null","a.R"]}],"b":2,"z":1}'
    )

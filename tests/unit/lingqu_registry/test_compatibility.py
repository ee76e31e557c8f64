from __future__ import annotations

import json
from typing import Any

import pytest

from lingqu_registry.compatibility import incompatibilities, judge
from lingqu_registry.levels import LEVELS, Level
from lingqu_registry.parsed import ParsedSchema, parse_schema


def schema(kind: Any) -> ParsedSchema:
    return parse_schema(json.dumps(kind))


def record(*fields: Any, name: str = "R", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def enum(*symbols: str, **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": "E", "symbols": list(symbols), **more}


def array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


A = {"name": "a", "type": "int"}
B = {"name": "b", "type": "string"}
B_DEFAULT = {**B, "default": "x"}

# reader, writer, the kinds of incompatibility expected
TABLE: list[tuple[Any, Any, list[str]]] = [
    ("int", "int", []),
    ("long", "int", []),
    ("float", "long", []),
    ("double", "float", []),
    ("double", "int", []),
    ("bytes", "string", []),
    ("string", "bytes", []),
    ("int", "long", ["TYPE_MISMATCH"]),
    ("float", "double", ["TYPE_MISMATCH"]),
    ("string", "int", ["TYPE_MISMATCH"]),
    ({"type": "long", "logicalType": "timestamp-millis"}, "long", []),
    (array("long"), array("int"), []),
    (array("int"), array("string"), ["TYPE_MISMATCH"]),
    (array("int"), {"type": "map", "values": "int"}, ["TYPE_MISMATCH"]),
    ({"type": "map", "values": "double"}, {"type": "map", "values": "int"}, []),
    (enum("x", "y"), enum("x"), []),
    (enum("x"), enum("x", "y"), ["MISSING_ENUM_SYMBOLS"]),
    (enum("x", default="x"), enum("x", "y"), []),
    (enum("x"), {**enum("x"), "name": "F"}, ["NAME_MISMATCH"]),
    (enum("x"), {**enum("x"), "namespace": "other"}, []),
    (enum("x", aliases=["Old"]), {**enum("x"), "name": "Old"}, []),
    (
        {"type": "fixed", "name": "F", "size": 2},
        {"type": "fixed", "name": "F", "size": 3},
        ["FIXED_SIZE_MISMATCH"],
    ),
    (["null", "int"], "int", []),
    (["null", "long"], "int", []),
    (["null", "int"], ["int", "null"], []),
    ("int", ["int"], []),
    ("int", ["null", "int"], ["TYPE_MISMATCH"]),
    (["int"], ["null", "int"], ["MISSING_UNION_BRANCH"]),
    (["null", "int"], "string", ["MISSING_UNION_BRANCH"]),
    (record(A), record(A, B), []),
    (record(A, B), record(A), ["READER_FIELD_MISSING_DEFAULT_VALUE"]),
    (record(A, B_DEFAULT), record(A), []),
    (record({**A, "aliases": ["old"]}), record({**A, "name": "old"}), []),
    (record(A), record({**A, "name": "old"}), ["READER_FIELD_MISSING_DEFAULT_VALUE"]),
    (record(A), record({**A, "type": "long"}), ["TYPE_MISMATCH"]),
    (record(A), record(A, name="Other"), ["NAME_MISMATCH"]),
    (record(A, B), record(B_DEFAULT, A), []),
    (
        record({"name": "x", "type": array(record(A, B, name="I"))}),
        record({"name": "x", "type": array(record(A, name="I"))}),
        ["READER_FIELD_MISSING_DEFAULT_VALUE"],
    ),
    (
        record(A, {"name": "next", "type": ["null", "R"]}),
        record(A, {"name": "next", "type": ["null", "R"]}),
        [],
    ),
    (
        record({**A, "type": "string"}, {"name": "next", "type": ["null", "R"]}),
        record(A, {"name": "next", "type": ["null", "R"]}),
        ["TYPE_MISMATCH"],
    ),
]


@pytest.mark.parametrize(("reader", "writer", "expected"), TABLE)
def test_resolution_rules(reader: Any, writer: Any, expected: list[str]) -> None:
    found = incompatibilities(schema(reader), schema(writer))

    assert [each.kind for each in found][: len(expected) or None] == expected


# v1 has a; v2 adds b with a default; v3 drops the default's way back: b without one.
V1, V2 = schema(record(A)), schema(record(A, B_DEFAULT))
ADDS, DROPS = record(A, B), record()
RENAMED = record({"name": "z", "type": "int"})


@pytest.mark.parametrize(
    ("new", "accepted"),
    [
        (record(A, B_DEFAULT, {**A, "name": "c", "default": 1}), set(LEVELS)),
        (record(A, B), set(LEVELS) - {"BACKWARD_TRANSITIVE", "FULL_TRANSITIVE"}),
        (
            record(A, B_DEFAULT, {**A, "name": "c"}),
            {"NONE", "FORWARD", "FORWARD_TRANSITIVE"},
        ),
        (record(B_DEFAULT), {"NONE", "BACKWARD", "BACKWARD_TRANSITIVE"}),
        (RENAMED, {"NONE"}),
    ],
)
def test_levels_accept_what_they_promise(new: Any, accepted: set[Level]) -> None:
    versions = [(1, V1), (2, V2)]

    found = {level for level in LEVELS if not judge(level, schema(new), versions)}

    assert found == accepted


def test_the_first_version_is_always_accepted() -> None:
    assert all(not judge(level, V1, []) for level in LEVELS)


def test_the_newest_failing_version_is_named_and_the_older_not_asked() -> None:
    found = judge("FULL_TRANSITIVE", schema(RENAMED), [(4, V1), (7, V2)])

    assert "READER_FIELD_MISSING_DEFAULT_VALUE" in found[0]
    assert "'/fields/0' in the new schema" in found[0]
    assert found[-3:] == [
        "{oldSchemaVersion: 7}",
        f"{{oldSchema: '{V2.text}'}}",
        "{validateFields: 'false', compatibility: 'FULL_TRANSITIVE'}",
    ]
    assert not any("oldSchemaVersion: 4" in message for message in found)

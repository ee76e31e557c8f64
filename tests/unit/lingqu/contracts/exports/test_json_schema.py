"""What the JSON Schema accepts is what admission can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from tests.support.builders import contract_folder, event, field, schema

from lingqu.admission.rows import RowReader
from lingqu.contracts.exports.json_schema import event_schema, json_schema
from lingqu.contracts.loader import load_catalogue
from lingqu.errors import Reason

TYPES: dict[str, Any] = {
    "string": "string",
    "boolean": "boolean",
    "int": "int",
    "long": "long",
    "double": "double",
    "instant": {"type": "long", "logicalType": "timestamp-millis"},
    "day": {"type": "int", "logicalType": "date"},
    "enum": {"type": "enum", "name": "Colour", "symbols": ["red", "blue"]},
    "list": {"type": "array", "items": "int"},
    "map": {"type": "map", "values": "string"},
    "record": {
        "type": "record",
        "name": "Inner",
        "doc": "Inner.",
        "fields": [field("a", "int"), field("b", "int", default=0)],
    },
}
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 1.5, "", "red", "湘",
    "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.123+08:00", "2026-03-01T12:00:00", "2026-03-01",
    [], [1, 2], ["x"], [None], {}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1, "c": 2}, {"k": "v"},
)  # fmt: skip


@pytest.mark.parametrize("nullable", [False, True])
@pytest.mark.parametrize("name", TYPES)
def test_schema_and_admission_judge_each_value_alike(name: str, nullable: bool) -> None:
    avro = ["null", TYPES[name]] if nullable else TYPES[name]
    default = {"default": None} if nullable else {}
    text = schema(fields=[field("value", avro, **default)])
    validator = Draft202012Validator(event_schema(text))
    reader = RowReader(text, derived=frozenset({"event_id"}))
    head = {"occurred_at": "2026-03-01T12:00:00Z", "origin": "43"}
    for value in VALUES:
        row = {**head, "value": value}
        read = not isinstance(reader.read(row), Reason)
        assert validator.is_valid(row) == read, value


def test_an_event_may_come_without_an_id_and_with_no_other_id_than_a_uuid(tmp_path: Path) -> None:
    (contract,) = load_catalogue(contract_folder(tmp_path))
    validator = Draft202012Validator(json_schema(contract))
    whole = json.loads(json.dumps(event()))
    without = {name: value for name, value in whole.items() if name != "event_id"}
    assert validator.is_valid(whole)
    assert validator.is_valid(without)
    assert not validator.is_valid({**whole, "event_id": "7"})
    assert not validator.is_valid({**whole, "surprise": 1})


def test_each_property_tells_unit_grade_and_kind(tmp_path: Path) -> None:
    (contract,) = load_catalogue(contract_folder(tmp_path))
    tree = json_schema(contract)
    assert tree["$id"] == "urn:lingqu:demo.reading:1.0"
    assert tree["properties"]["value"] == {
        "type": ["number", "null"],
        "description": "value.",
        "default": None,
        "x-unit": "mg/L",
        "x-grade": 1,
        "x-kind": "none",
    }
    assert tree["properties"]["operator"]["x-kind"] == "personal"

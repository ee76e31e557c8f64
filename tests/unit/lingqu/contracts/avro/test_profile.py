from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.builders import field, schema

from lingqu.contracts.avro.profile import check_profile

MILLIS = {"type": "long", "logicalType": "timestamp-millis"}


def _problems(*fields: dict[str, Any]) -> str:
    return "\n".join(check_profile(schema(fields=[field("station", "string"), *fields])))


def test_the_demonstration_contract_keeps_the_profile() -> None:
    assert check_profile(schema()) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (field("Value", "double"), "'Value' is not snake_case"),
        (field("value", "float"), "the type 'float' is outside the profile; use double"),
        (field("value", "bytes"), "the type 'bytes' is outside the profile"),
        (field("value", "Reading"), "a record that is not recursive"),
        (field("value", ["double", "null"]), 'the only union is ["null", type]'),
        (field("value", ["null", "double"]), "a nullable field has the default null"),
        (field("value", ["null", "int", "string"], default=None), "the only union"),
        (field("price_fen", "double"), "money is whole fen; make it a long"),
        (field("at", {**MILLIS, "logicalType": "timestamp-micros"}), "instants are timestamp-mill"),
        (
            field("at", {"type": "int", "logicalType": "timestamp-millis"}),
            "timestamp-millis on int",
        ),
        (field("list", {"type": "array", "items": ["null", "int"]}), "wrap them in a record"),
        (field("value", "double", doc=""), "value: the field has no doc"),
        (field("value", "double", grade=5), "the grade 5 is not one of 1, 2, 3, 4, important"),
        (
            field("value", "double", grade="core"),
            "grade 'core' is never shared; leave the field out",
        ),
        (field("value", "double", kind="work_secret"), "'work_secret' is never shared"),
        (field("value", "double", kind="state_secret"), "'state_secret' is never shared"),
        (field("value", "double", grade="state_secret"), "grade 'state_secret' is never shared"),
        (field("value", "double", kind="private"), "the kind 'private' is not one of none, "),
        (field("value", "double", grad=1), "unknown attribute 'grad'; did you mean 'grade'?"),
        (field("station", "string"), "two fields are called 'station'; rename one"),
        (
            field(
                "list", {"type": "array", "items": {"type": "record", "name": "E", "fields": []}}
            ),
            "a record needs a field",
        ),
        (
            field("kind_of", {"type": "enum", "name": "K", "symbols": ["a"], "default": "b"}),
            "the enum's default 'b' is not one of its symbols",
        ),
    ],
)
def test_what_breaks_the_profile_is_said(wrong: dict[str, Any], said: str) -> None:
    assert said in _problems(wrong)


@pytest.mark.parametrize(
    "good",
    [
        field("at", MILLIS),
        field("at", ["null", MILLIS], default=None),
        field("day", {"type": "int", "logicalType": "date"}),
        field("price_fen", "long", unit="fen"),
        field("prices_fen", "long", grade="important", kind="commercial"),
        field("names", {"type": "map", "values": "string"}),
        field("names", {"type": "array", "items": {"type": "array", "items": "int"}}),
        field("changed", "Change", default="first"),
    ],
)
def test_what_keeps_the_profile_is_silent(good: dict[str, Any]) -> None:
    assert _problems(good) == ""


def test_the_envelope_comes_first_and_whole() -> None:
    record = json.loads(schema())
    del record["fields"][1]
    assert "field 2 must be the envelope's 'occurred_at', not 'origin'" in check_profile(
        json.dumps(record)
    )


def test_the_envelope_has_its_types_and_defaults() -> None:
    record = json.loads(schema())
    record["fields"][3]["type"]["symbols"].append("other")
    del record["fields"][5]["default"]
    said = "\n".join(check_profile(json.dumps(record)))
    assert "the envelope's 'change' must have the type" in said
    assert "the envelope's 'mode' must have the default \"live\"" in said


def test_a_schema_that_is_no_record_is_refused() -> None:
    assert check_profile('"string"') == ["a contract's schema is one record; wrap it in one"]


def test_the_namespace_is_ours() -> None:
    record = {**json.loads(schema()), "namespace": "com.example"}
    assert "the namespace must be cn.lingqu.<domain>" in check_profile(json.dumps(record))

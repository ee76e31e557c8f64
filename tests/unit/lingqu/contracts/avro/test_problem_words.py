"""Problems of reading, told by the fields that people know."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.builders import field, schema

from lingqu.contracts.avro.problem_words import field_at, reading_problems
from lingqu.contracts.lines import field_line

BOX = {"type": "record", "name": "Box", "doc": "d", "fields": [field("mass", "double")]}
HEAVY = {**BOX, "fields": [field("mass", "string")]}
STATE = {"type": "enum", "name": "State", "symbols": ["on"]}
MORE = {**STATE, "symbols": ["on", "off", "lost"]}


def text(*fields: dict[str, Any]) -> str:
    return schema(fields=fields)


def boxes(items: Any) -> dict[str, Any]:
    return field("boxes", {"type": "array", "items": items}, default=[])


@pytest.mark.parametrize(
    ("reader", "writer", "said"),
    [
        ([field("x", "int")], [field("x", "int")], []),
        ([field("x", "int")], [field("x", "string")], ["x is read as int and written as string"]),
        (
            [field("x", "int")],
            [],
            ["x is not written any more, and its readers have no default for it"],
        ),
        (
            [field("x", "string")],
            [field("x", ["null", "string"], default=None)],
            ["x may be null, which its readers do not expect"],
        ),
        (
            [field("x", ["null", "string"], default=None)],
            [field("x", "long")],
            ["x may be written as long, which its readers do not expect"],
        ),
        (
            [field("x", STATE)],
            [field("x", MORE)],
            ["x may be lost, off, which its readers do not know and have no default symbol for"],
        ),
        (
            [field("x", STATE)],
            [field("x", {**STATE, "name": "Other"})],
            ["x is of a type of another name or size (expected: cn.lingqu.demo.Other)"],
        ),
        ([boxes(BOX)], [boxes(HEAVY)], ["boxes.mass is read as double and written as string"]),
        (
            [field("first", BOX), boxes("Box")],
            [field("first", BOX), boxes({**HEAVY, "name": "Crate", "aliases": ["Box"]})],
            ["boxes is of a type of another name or size (expected: cn.lingqu.demo.Crate)"],
        ),
    ],
)
def test_each_problem_names_its_field(
    reader: list[dict[str, Any]], writer: list[dict[str, Any]], said: list[str]
) -> None:
    assert reading_problems(text(*reader), text(*writer))[: len(said) or 1] == said


def test_a_pointer_goes_through_names_and_unions() -> None:
    optional = field("inner", ["null", "Box"], default=None)
    tree = json.loads(text(field("outer", BOX), optional))
    place = len(tree["fields"]) - 1

    assert field_at(tree, f"/fields/{place}/type/1/fields/0/type") == "inner.mass"
    assert field_at(tree, "/name") == ""


def test_a_fields_line_is_found_at_any_depth() -> None:
    pretty = json.dumps(json.loads(text(field("x", "int"), boxes(BOX))), indent=1)
    lines = pretty.splitlines()

    for path, name in (("x", "x"), ("boxes", "boxes"), ("boxes.mass", "mass")):
        line = field_line(pretty, path)
        assert line is not None
        assert f'"name": "{name}"' in lines[line]
    assert field_line(pretty, "nowhere") is None
    assert field_line("{", "x") is None

"""The words of a difference, one case each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.support.builders import field, schema
from tests.unit.lingqu.agreements.samples import contract

from lingqu.contracts.changes import schema_changes
from lingqu.contracts.level import directions
from lingqu.contracts.model import ContractVersion, RuleSpec, Sla
from lingqu.contracts.schema_file import parse_version
from lingqu.contracts.terms_changes import terms_changes

PART = {"type": "record", "name": "Part", "doc": "d", "fields": [field("code", "string")]}
MORE_PART = {**PART, "fields": [field("code", "string"), field("size", "long", default=0)]}
STATE = {"type": "enum", "name": "State", "symbols": ["on", "off"]}
MORE_STATE = {**STATE, "symbols": ["on", "off", "broken"], "default": "off"}
LIST = {"type": "array", "items": PART}

Fields = list[dict[str, Any]]

CASES: list[tuple[str, Fields, Fields, list[str], str]] = [
    (
        "added with a default",
        [],
        [field("x", "long", default=0)],
        ["added x (long, default 0, grade 1, kind none)"],
        "FULL",
    ),
    (
        "added without a default",
        [],
        [field("x", "string", grade=3, kind="personal")],
        ["added x (string, without a default, grade 3, kind personal)"],
        "FORWARD",
    ),
    (
        "dropped with a default",
        [field("x", ["null", "string"], default=None)],
        [],
        ["dropped x; who reads by the older version sees null"],
        "FULL",
    ),
    (
        "dropped without a default",
        [field("x", "string")],
        [],
        ["dropped x, which had no default: who reads by the older version cannot read it"],
        "BACKWARD",
    ),
    (
        "renamed by alias",
        [field("x", "string")],
        [field("y", "string", aliases=["x"])],
        ["renamed x to y, which its alias tells readers", "y: the doc says now: y."],
        "BACKWARD",
    ),
    (
        "widened",
        [field("x", "int")],
        [field("x", "long")],
        ["x: type widened from int to long"],
        "BACKWARD",
    ),
    (
        "type changed",
        [field("x", "string")],
        [field("x", "boolean")],
        ["x: type changed from string to boolean"],
        "NONE",
    ),
    (
        "made nullable",
        [field("x", "string")],
        [field("x", ["null", "string"], default=None)],
        ["x: may be null now", "x: has the default null now, so a view may drop it"],
        "BACKWARD",
    ),
    (
        "default changed",
        [field("x", "long", default=0)],
        [field("x", "long", default=1)],
        ["x: default 0 is now 1"],
        "FULL",
    ),
    (
        "default taken away",
        [field("x", "long", default=0)],
        [field("x", "long")],
        ["x: has no default any more (it was 0), so no view can drop it"],
        "FULL",
    ),
    (
        "grade, kind, unit and doc",
        [field("x", "long", unit="mg/L")],
        [field("x", "long", unit="μg/L", grade=3, kind="personal", doc="Now else.")],
        [
            "x: the doc says now: Now else.",
            "x: unit mg/L is now μg/L",
            "x: grade 1 is now 3",
            "x: kind none is now personal",
        ],
        "FULL",
    ),
    (
        "symbols",
        [field("x", STATE)],
        [field("x", MORE_STATE)],
        [
            "x: may also be broken now",
            "x: a symbol that a reader does not know was read as none and is now read as off",
        ],
        "BACKWARD",
    ),
    (
        "inside a list",
        [field("parts", LIST)],
        [field("parts", {"type": "array", "items": MORE_PART})],
        ["added parts.size (long, default 0, grade 1, kind none)"],
        "FULL",
    ),
    (
        "by the name of a type met before",
        [field("one", PART), field("other", "Part")],
        [field("one", MORE_PART), field("other", "Part")],
        [
            "added one.size (long, default 0, grade 1, kind none)",
            "added other.size (long, default 0, grade 1, kind none)",
        ],
        "FULL",
    ),
    ("nothing", [field("x", STATE)], [field("x", STATE)], [], "FULL"),
]


def version(number: str, fields: Fields) -> ContractVersion:
    return parse_version(number, json.dumps(json.loads(schema(fields=fields))))


@pytest.mark.parametrize(
    ("old", "new", "said", "level"), [each[1:] for each in CASES], ids=[each[0] for each in CASES]
)
def test_a_change_of_the_schema_is_said_and_judged(
    old: Fields, new: Fields, said: list[str], level: str
) -> None:
    first, second = version("1.0", old), version("1.1", new)

    assert [change.says for change in schema_changes(first, second)] == said
    assert directions(first, second).called == level


RULE = RuleSpec("known", "x > 0", "A message.")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ((), (RULE,), "rule known added, which may refuse what was admitted: A message."),
        ((RULE,), (), "rule known removed: A message."),
        (
            (RULE,),
            (replace(RULE, expression="x > 0 && y > 0"),),
            (
                "rule known tightened from `x > 0` to `x > 0 && y > 0`, which may refuse what was"
                " admitted"
            ),
        ),
        (
            (RULE,),
            (replace(RULE, expression="y == 1 || x > 0"),),
            "rule known loosened from `x > 0` to `y == 1 || x > 0`",
        ),
        (
            (replace(RULE, expression="x > 0 || y > 0"),),
            (RULE,),
            (
                "rule known tightened from `x > 0 || y > 0` to `x > 0`, which may refuse what was"
                " admitted"
            ),
        ),
        (
            (RULE,),
            (replace(RULE, expression="x > 0 && y > 0 || z > 0"),),
            (
                "rule known changed from `x > 0` to `x > 0 && y > 0 || z > 0`, which may refuse"
                " what was admitted"
            ),
        ),
        ((RULE,), (replace(RULE, message="Other."),), "rule known says now: Other."),
        ((RULE,), (replace(RULE, expression="x  >  0"),), None),
    ],
)
def test_a_change_of_a_rule_is_said(
    old: tuple[RuleSpec, ...], new: tuple[RuleSpec, ...], said: str | None
) -> None:
    found = terms_changes(contract(rules=old), contract(rules=new))

    assert [change.says for change in found] == ([] if said is None else [said])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"key": ("serial",)}, "the key site is now serial: order per key begins anew"),
        (
            {"partitions": 12},
            "6 partitions are now 12: keys move to other partitions, which only a new major may do",
        ),
        ({"steward": "Other"}, "the steward, Steward, is now Other"),
        ({"retention_ms": 172_800_000}, "kept for 1 days, now for 2"),
        ({"sla": Sla(60)}, "sla.latency_s none is now 60"),
    ],
)
def test_a_change_of_the_terms_is_said(settings: dict[str, Any], said: str) -> None:
    found = terms_changes(contract(), replace(contract(), **settings))

    assert [change.says for change in found] == [said]

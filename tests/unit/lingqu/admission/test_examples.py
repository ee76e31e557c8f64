"""Golden examples are what their names say, or their contract is not published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import contract_folder, event, field, reading_fields, schema

from lingqu.admission.examples import Outcome, try_examples, try_round_trips
from lingqu.contracts.loader import load_contract
from lingqu.contracts.model import Contract


def contract_with(tmp_path: Path, examples: dict[str, Any], **folder: Any) -> Contract:
    found = contract_folder(tmp_path, **folder) / "demo" / "reading"
    for name, content in examples.items():
        path = found / "examples" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        written = content if isinstance(content, str) else json.dumps(content)
        path.write_text(written, "utf-8")
    return load_contract(found)


@pytest.mark.parametrize(
    ("name", "content", "passed", "said"),
    [
        ("plain.json", event(), True, "admitted"),
        ("drill.json", event(environment="drill", origin="X-CANAL"), True, "admitted"),
        (
            "plain.json",
            event(value=-1.0),
            False,
            "is refused: rule value_not_negative: a reading is never below zero; mend it, or call",
        ),
        ("plain.json", "{", False, "is not JSON"),
        (
            "invalid-value-not-negative.json",
            event(value=-1.0),
            True,
            "refused: rule value_not_negative: a reading is never below zero",
        ),
        (
            "invalid-value-not-negative.json",
            event(),
            False,
            "is admitted, and should break value_not_negative",
        ),
        (
            "invalid-value-not-negative.json",
            event(status="gone"),
            False,
            "is refused for something else: field 'status'",
        ),
        ("invalid-schema-no-station.json", {**event(), "station": 3}, True, "refused: field 'sta"),
    ],
)
def test_an_example_is_tried_as_an_event(
    tmp_path: Path, name: str, content: Any, passed: bool, said: str
) -> None:
    [outcome] = try_examples(contract_with(tmp_path, {name: content}))

    assert (outcome.passed, outcome.example.name) == (passed, name)
    assert outcome.says.startswith(said)


RENAMED = [
    {**each, "name": "remark", "aliases": ["note"]} if each["name"] == "note" else each
    for each in reading_fields()
]


def trips(tmp_path: Path, newer: list[dict[str, Any]], **folder: Any) -> list[Outcome]:
    versions = {"1.0": schema(), "1.1": schema(fields=newer)}
    sent = {**event(), "remark": "seen"} if newer is RENAMED else {**event(), "added": 4}
    if newer is RENAMED:
        del sent["note"]
    found = contract_with(tmp_path, {"plain.json": sent}, versions=versions, **folder)
    return list(try_round_trips(found))


def test_an_example_comes_back_from_the_older_version_and_what_is_lost_is_said(
    tmp_path: Path,
) -> None:
    more = [*reading_fields(), field("added", "long", default=0)]

    [outcome] = trips(tmp_path, more)

    assert outcome.passed
    assert outcome.says == "1.1 → 1.0 → 1.1: comes back without added"


def test_a_renamed_field_comes_back_whole(tmp_path: Path) -> None:
    [outcome] = trips(tmp_path, RENAMED)

    assert outcome.says == "1.1 → 1.0 → 1.1: comes back whole"


def test_examples_in_a_majors_folder_are_of_that_major(tmp_path: Path) -> None:
    other = [each for each in reading_fields() if each["name"] != "value"]
    versions = {"1.0": schema(), "2.0": schema(fields=[*other, field("value", "string")])}
    settings = {"majors": {1: {"served_until": "2099-01-01"}}, "rules": []}
    there = {"v1/old.json": event(), "new.json": event(value="high")}

    outcomes = list(try_examples(contract_with(tmp_path, there, versions=versions, **settings)))

    assert [(each.example.name, each.passed) for each in outcomes] == [
        ("new.json", True),
        ("old.json", True),
    ]

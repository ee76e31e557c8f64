"""Contract and code know the same states, families, kinds and steps, under the same words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from lingqu.contracts.loader import load_catalogue
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu_customs.codes.receipts import Family, load_receipt_codes
from lingqu_customs.consignments.timeline import STEPS
from lingqu_customs.forms.receipt import FAMILIES
from lingqu_customs.lifecycle.facts import AmendmentKind, Step
from lingqu_customs.lifecycle.state import NAMES, STATES

CATALOGUE = load_catalogue(Path(__file__).parents[4] / "schemas")


def enums(event: str) -> dict[str, tuple[str, ...]]:
    """Return the symbols of all enums of a contract, by their names."""
    found: dict[str, tuple[str, ...]] = {}

    def walk(avro: Any) -> None:
        if isinstance(avro, list):
            for each in avro:
                walk(each)
        elif isinstance(avro, dict):
            if avro.get("type") == "enum":
                found[avro["name"]] = tuple(avro["symbols"])
            for each in avro.values():
                walk(each)

    walk(json.loads(CATALOGUE.contract(f"customs.{event}").latest().schema))
    return found


def test_the_states_are_those_of_the_contract_under_the_same_words() -> None:
    columns = columns_of(CATALOGUE.contract("customs.declaration").latest())
    words = next(column.choices for column in columns if column.field == "state")

    assert enums("declaration")["State"] == STATES
    assert {state: word for word, state in words.items()} == NAMES


def test_the_families_are_those_of_the_contract() -> None:
    assert enums("declaration")["Family"] == get_args(Family)
    assert set(load_receipt_codes().families) == set(get_args(Family)) == set(FAMILIES.values())


def test_amendments_have_the_kinds_and_steps_of_the_contract() -> None:
    assert enums("amendment")["AmendmentKind"] == get_args(AmendmentKind)
    assert enums("amendment")["AmendmentStep"] == get_args(Step)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("amendment", "AmendmentStep"),
        ("transit", "TransitStep"),
        ("inspection", "InspectionStep"),
    ],
)
def test_every_step_has_a_word_in_the_timeline(event: str, name: str) -> None:
    assert {f"{event}.{step}" for step in enums(event)[name]} <= STEPS.keys()

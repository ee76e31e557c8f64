"""Whatever stands under schemas/ keeps the profile, and its examples prove its rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.examples import broken_rules, columns, decode, encode, read_event

from lingqu.contracts.avro.profile import check_profile
from lingqu.contracts.loader import load_contract
from lingqu.contracts.model import Catalogue
from lingqu.contracts.rules import compile_rule


def test_the_catalogue_loads_and_holds_every_folder(catalogue: Catalogue) -> None:
    folders = {contract.folder for contract in catalogue}
    assert folders
    assert folders == {path.parent for path in next(iter(folders)).parents[1].glob("*/*/*.yaml")}


def test_topics_are_found_by_their_names(folder: Path, catalogue: Catalogue) -> None:
    contract = load_contract(folder)
    assert contract.name == f"{folder.parent.name}.{folder.name}"
    for major in contract.majors:
        assert catalogue.by_topic(contract.topic(major)) == (contract, major)


def test_every_version_keeps_the_profile(folder: Path) -> None:
    for version in load_contract(folder).versions:
        assert check_profile(version.schema) == []


def test_there_is_a_valid_example_and_one_that_breaks_each_rule(folder: Path) -> None:
    names = {path.stem for path in folder.glob("examples/*.json")}
    broken = {f"invalid-{rule.name.replace('_', '-')}" for rule in load_contract(folder).rules}
    assert broken <= names
    assert any(not name.startswith("invalid-") for name in names)


def test_a_valid_example_encodes_and_decodes_and_has_a_key(valid: Path) -> None:
    contract = load_contract(valid.parents[1])
    version = contract.latest()
    event = read_event(valid, version)
    decoded = decode(encode(event, version), version)
    assert {name: decoded[name] for name in event} == event
    assert contract.key_of(decoded)


def test_a_valid_example_breaks_no_rule(valid: Path) -> None:
    contract = load_contract(valid.parents[1])
    version = contract.latest()
    assert broken_rules(read_event(valid, version), contract, version) == []


def test_an_invalid_example_is_refused_for_what_its_name_says(invalid: Path) -> None:
    contract = load_contract(invalid.parents[1])
    version = contract.latest()
    event = read_event(invalid, version)
    reason = invalid.stem.removeprefix("invalid-").replace("-", "_")
    if reason.startswith("schema_"):
        with pytest.raises((ValueError, TypeError)):
            encode(event, version)
    else:
        assert broken_rules(event, contract, version) == [reason]


def test_rules_run_on_columns(folder: Path) -> None:
    contract = load_contract(folder)
    schema = columns([], contract.latest()).schema
    for spec in contract.rules:
        assert compile_rule(spec.name, spec.expression).runs_on_arrow(schema), spec.name

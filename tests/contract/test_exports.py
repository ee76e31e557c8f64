"""Every contract in every form, held to what the form's own body published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator, meta
from tests.support.published_schemas import asyncapi_validator, faults, odcs_validator

from lingqu.contracts.exports.rendering import render
from lingqu.contracts.loader import load_contract


def test_asyncapi_is_valid_by_its_published_schema(folder: Path) -> None:
    tree = yaml.load(render(load_contract(folder), "asyncapi").text, yaml.CSafeLoader)
    assert faults(asyncapi_validator(), tree) == []


def test_odcs_is_valid_by_its_published_schema(folder: Path) -> None:
    tree = yaml.load(render(load_contract(folder), "odcs").text, yaml.CSafeLoader)
    assert faults(odcs_validator(), tree) == []


def test_every_field_and_rule_stands_in_both_languages(folder: Path) -> None:
    contract = load_contract(folder)
    zh, en = (render(contract, "markdown", lang=lang).text for lang in ("zh", "en"))
    for spec in contract.latest().fields:
        assert f"`{spec.path}`" in zh
        assert f"`{spec.path}`" in en
    for rule in contract.rules:
        assert f"`{rule.name}`" in zh
        assert f"`{rule.name}`" in en
    assert contract.title_zh in zh
    assert contract.title_en in en


def validator_of(folder: Path) -> Draft202012Validator:
    tree = json.loads(render(load_contract(folder), "json-schema").text)
    meta.validate(tree)
    return Draft202012Validator(tree)


def event_at(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_the_json_schema_takes_every_valid_example(folder: Path) -> None:
    validator = validator_of(folder)
    for path in folder.glob("examples/*.json"):
        if not path.name.startswith("invalid-schema-"):
            assert faults(validator, event_at(path)) == [], path.name


def test_the_json_schema_refuses_what_does_not_fit_the_schema(folder: Path) -> None:
    misfits = list(folder.glob("examples/invalid-schema-*.json"))
    if not misfits:
        pytest.skip("no example of it")
    validator = validator_of(folder)
    for path in misfits:
        assert faults(validator, event_at(path)) != [], path.name

from __future__ import annotations

from typing import Any

import pytest

from lingqu_registry.errors import RegistryError
from lingqu_registry.metadata import merged_metadata, read_metadata, with_version
from lingqu_registry.rules import merged_rule_sets, read_rule_set, rule_types, without_rules

RULE = {"name": "r", "type": "CEL", "mode": "WRITE"}


@pytest.mark.parametrize(
    "metadata",
    [5, {"tags": 5}, {"tags": {"a": "b"}}, {"properties": {"a": 1}}, {"sensitive": "a"}],
)
def test_metadata_of_another_form_is_42201(metadata: Any) -> None:
    with pytest.raises(RegistryError, match="metadata") as caught:
        read_metadata(metadata)
    assert caught.value.code == 42201


def test_metadata_is_kept_sorted_and_without_what_is_empty() -> None:
    assert read_metadata(None) is None
    assert read_metadata({"tags": {}, "properties": None, "later": 1}) == {}
    found = read_metadata({"sensitive": ["b", "a", "b"], "tags": {"x": ["t", "s"]}})
    assert found == {"sensitive": ["a", "b"], "tags": {"x": ["s", "t"]}}


def test_new_metadata_goes_over_old() -> None:
    old = {"properties": {"a": "1", "b": "1"}, "sensitive": ["a"]}
    new = {"properties": {"b": "2"}, "sensitive": ["b"], "tags": {"x": ["t"]}}

    assert merged_metadata(old, None) == old
    assert merged_metadata(None, new) == new
    assert merged_metadata(old, new) == {
        "properties": {"a": "1", "b": "2"},
        "sensitive": ["a", "b"],
        "tags": {"x": ["t"]},
    }
    assert with_version(None, 3) == {"properties": {"confluent:version": "3"}}


@pytest.mark.parametrize(
    ("rule_set", "said"),
    [
        (5, "no object"),
        ({"domainRules": 5}, "no list"),
        ({"domainRules": [5]}, "no object"),
        ({"domainRules": [{"type": "CEL"}]}, "Missing rule name"),
        ({"domainRules": [{"name": "r"}]}, "Missing rule type"),
        ({"domainRules": [{**RULE, "name": "1r"}]}, "Illegal character"),
        ({"domainRules": [{**RULE, "name": "a b"}]}, "Illegal character"),
        ({"domainRules": [RULE, RULE]}, "duplicate name 'r'"),
        ({"domainRules": [{**RULE, "mode": "UPGRADE"}]}, "one of WRITE, READ, WRITEREAD"),
        ({"migrationRules": [RULE]}, "one of UPGRADE, DOWNGRADE, UPDOWN"),
        ({"encodingRules": [{**RULE, "kind": "OTHER"}]}, "TRANSFORM, CONDITION"),
        ({"domainRules": [{**RULE, "tags": "a"}]}, "no list"),
        ({"domainRules": [{**RULE, "params": {"a": 1}}]}, "no string"),
        ({"domainRules": [{**RULE, "disabled": "no"}]}, "neither true nor false"),
        ({"enableAt": "MOON"}, "ALL, CLIENT, GATEWAY, SERVER, NONE"),
    ],
)
def test_rules_of_another_form_are_42210(rule_set: Any, said: str) -> None:
    with pytest.raises(RegistryError, match=said) as caught:
        read_rule_set(rule_set)
    assert caught.value.code == 42210


def test_a_rule_is_kept_with_its_defaults_written_out() -> None:
    found = read_rule_set({"domainRules": [{"name": "r", "type": "CEL"}], "enableAt": "server"})

    assert found == {
        "domainRules": [
            {
                "name": "r",
                "kind": "TRANSFORM",
                "mode": "WRITEREAD",
                "type": "CEL",
                "disabled": False,
            }
        ],
        "enableAt": "SERVER",
    }


def test_a_new_rule_replaces_the_one_of_its_name() -> None:
    old = read_rule_set({"domainRules": [RULE, {**RULE, "name": "s"}], "enableAt": "ALL"})
    new = read_rule_set({"encodingRules": [{**RULE, "name": "t", "type": "ENCRYPT"}]})
    newer = read_rule_set({"domainRules": [{**RULE, "type": "JSONATA"}]})

    merged = merged_rule_sets(merged_rule_sets(old, new), newer)

    assert merged is not None
    assert [(each["name"], each["type"]) for each in merged["domainRules"]] == [
        ("s", "CEL"),
        ("r", "JSONATA"),
    ]
    assert rule_types(merged) == {"CEL", "JSONATA", "ENCRYPT"}
    assert without_rules(merged, ["r", "s", "t"]) == {"enableAt": "ALL"}
    assert merged_rule_sets(None, old) == old

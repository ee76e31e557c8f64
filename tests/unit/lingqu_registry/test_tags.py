from __future__ import annotations

import json
from typing import Any

import pytest

from lingqu_registry.errors import RegistryError
from lingqu_registry.tags import read_tags, retagged, tagged_bodies, tags_in

INNER: dict[str, Any] = {
    "type": "record",
    "name": "Inner",
    "fields": [{"name": "b", "type": "int", "confluent:tags": ["PII"]}],
}
OUTER: dict[str, Any] = {
    "type": "record",
    "name": "Outer",
    "namespace": "ns",
    "confluent:tags": ["T"],
    "fields": [
        {"name": "a", "type": ["null", {"type": "array", "items": INNER}]},
        {"name": "again", "type": {"type": "map", "values": "ns.Inner"}},
    ],
}
TEXT = json.dumps(OUTER)
RECORD, FIELD = ("ns.Outer", "sr_record"), ("ns.Inner.b", "sr_field")


def test_tags_are_found_at_any_depth() -> None:
    assert tags_in(TEXT) == {RECORD: ["T"], FIELD: ["PII"]}
    assert [each["tags"] for each in tagged_bodies(TEXT, ["*"])] == [["T"], ["PII"]]
    assert [each["tags"] for each in tagged_bodies(TEXT, ["PII", "X"])] == [["PII"]]


def test_tags_are_added_once_and_taken_away() -> None:
    text = retagged(TEXT, {RECORD: ["T", "U"]}, {FIELD: ["PII"]})

    assert tags_in(text) == {RECORD: ["T", "U"]}
    assert tags_in(retagged(text, {}, {RECORD: ["T", "U"]})) == {}


def test_tags_of_another_form_in_a_schema_are_none() -> None:
    field = {"name": "b", "type": "int", "confluent:tags": 5}
    text = json.dumps({**INNER, "fields": [field]})
    inner = ("Inner.b", "sr_field")

    assert tags_in(text) == {}
    assert tags_in(retagged(text, {inner: ["T"]}, {})) == {inner: ["T"]}
    assert json.loads(retagged(text, {}, {}))["fields"] == [field]


def test_what_is_not_there_cannot_be_tagged() -> None:
    with pytest.raises(RegistryError, match=r"no sr_field at the path 'ns\.Outer\.z'"):
        retagged(TEXT, {("ns.Outer.z", "sr_field"): ["T"]}, {})


@pytest.mark.parametrize(
    "value",
    [
        5,
        [5],
        [{"tags": ["a"]}],
        [{"schemaEntity": {"entityPath": "a", "entityType": "sr_field"}, "tags": "a"}],
    ],
)
def test_tags_of_another_form_are_42201(value: Any) -> None:
    with pytest.raises(RegistryError) as caught:
        read_tags(value, "tagsToAdd")
    assert caught.value.code == 42201

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from lingqu_registry.errors import RegistryError
from lingqu_registry.judging import conflicts
from lingqu_registry.levels import LEVELS, Level
from lingqu_registry.parsing.parsed import ParsedSchema, parse_schema
from lingqu_registry.scopes import Settings
from lingqu_registry.store.reads import Reads
from lingqu_registry.store.references import Uses
from lingqu_registry.versions import Version


def schema(kind: Any) -> ParsedSchema:
    return parse_schema(json.dumps(kind))


def schema_of_json(text: str) -> ParsedSchema:
    return parse_schema(text, schema_type="JSON")


def record(*fields: Any, name: str = "R", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def judge(level: Level, new: ParsedSchema, versions: list[tuple[int, ParsedSchema]]) -> list[str]:
    """Judge versions that use no others, so that nothing is read."""
    rows = [
        Version("s", number, False, 0, ".", number, "", old.schema_type, old.text, "{}")
        for number, old in versions
    ]
    uses = Uses(cast("Reads", None))
    return conflicts(uses, Settings(level, "READWRITE", {}), new, None, rows)


A = {"name": "a", "type": "int"}
B = {"name": "b", "type": "string"}
B_DEFAULT = {**B, "default": "x"}

# v1 has a; v2 adds b with a default; v3 drops the default's way back: b without one.
V1, V2 = schema(record(A)), schema(record(A, B_DEFAULT))
RENAMED = record({"name": "z", "type": "int"})


@pytest.mark.parametrize(
    ("new", "accepted"),
    [
        (record(A, B_DEFAULT, {**A, "name": "c", "default": 1}), set(LEVELS)),
        (record(A, B), set(LEVELS) - {"BACKWARD_TRANSITIVE", "FULL_TRANSITIVE"}),
        (
            record(A, B_DEFAULT, {**A, "name": "c"}),
            {"NONE", "FORWARD", "FORWARD_TRANSITIVE"},
        ),
        (record(B_DEFAULT), {"NONE", "BACKWARD", "BACKWARD_TRANSITIVE"}),
        (RENAMED, {"NONE"}),
    ],
)
def test_levels_accept_what_they_promise(new: Any, accepted: set[Level]) -> None:
    versions = [(1, V1), (2, V2)]

    found = {level for level in LEVELS if not judge(level, schema(new), versions)}

    assert found == accepted


def test_the_first_version_is_always_accepted() -> None:
    assert all(not judge(level, V1, []) for level in LEVELS)


def test_both_directions_are_told_the_older_schema_s_first() -> None:
    found = judge("FULL", schema(RENAMED), [(1, V1)])

    told = [message.partition(" has no default value")[0] for message in found[:2]]
    kind = "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field"
    assert told == [
        f"{kind} 'a' at path '/fields/0' in the old schema",
        f"{kind} 'z' at path '/fields/0' in the new schema",
    ]
    assert found[1].endswith(" and is missing in the old schema', additionalInfo:'z'}")
    assert found[2:] == [
        "{oldSchemaVersion: 1}",
        f"{{oldSchema: '{V1.text}'}}",
        "{validateFields: 'false', compatibility: 'FULL'}",
    ]


def test_the_newest_failing_version_is_named_and_the_older_not_asked() -> None:
    found = judge("FULL_TRANSITIVE", schema(RENAMED), [(4, V1), (7, V2)])

    assert found[-3:] == [
        "{oldSchemaVersion: 7}",
        f"{{oldSchema: '{V2.text}'}}",
        "{validateFields: 'false', compatibility: 'FULL_TRANSITIVE'}",
    ]
    assert not any("oldSchemaVersion: 4" in message for message in found)


def test_an_older_version_fails_when_the_newer_does_not() -> None:
    found = judge("BACKWARD_TRANSITIVE", schema(record(A, B)), [(4, V1), (7, V2)])

    assert "{oldSchemaVersion: 4}" in found


def test_after_a_schema_of_another_type_none_fits_under_any_level_but_none() -> None:
    found = {level: judge(level, V1, [(1, schema_of_json("{}"))]) for level in LEVELS}

    assert found.pop("NONE") == []
    assert {each[0] for each in found.values()} == {"Incompatible because of different schema type"}


@pytest.mark.parametrize("old", [[], [V1], [schema_of_json("{}")]])
def test_schemas_that_cannot_be_compared_are_refused_with_the_cure(old: list[ParsedSchema]) -> None:
    new, versions = schema_of_json("true"), list(enumerate(old, 1))

    assert judge("NONE", new, versions) == []
    for level in set(LEVELS) - {"NONE"}:
        with pytest.raises(
            RegistryError, match="set the compatibility of its subject to NONE"
        ) as caught:
            judge(level, new, versions)
        assert caught.value.code == 42203

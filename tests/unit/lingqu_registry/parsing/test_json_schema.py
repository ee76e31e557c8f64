from __future__ import annotations

import json
from typing import Any

import pytest

from lingqu_registry.errors import RegistryError
from lingqu_registry.parsing.parsed import parse_schema

DRAFT = "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    ("text", "kept", "normal"),
    [
        ("true", "true", "true"),
        ("{ }", "{}", "{}"),
        (
            '{"type": "object",\n "properties": {"b": {"type": "integer"}, "a": true}}',
            '{"type":"object","properties":{"b":{"type":"integer"},"a":true}}',
            '{"properties":{"a":true,"b":{"type":"integer"}},"type":"object"}',
        ),
        (f'{{"$schema": "{DRAFT}"}}', f'{{"$schema":"{DRAFT}"}}', f'{{"$schema":"{DRAFT}"}}'),
        ('{"maximum": 1000.0, "title": "水"}',) * 1
        + ('{"maximum":1000.0,"title":"水"}', '{"maximum":1000.0,"title":"水"}'),
        ('{"items": [true, {"not": {}}]}', *['{"items":[true,{"not":{}}]}'] * 2),
        ('{"format": "x", "x-own": 1e3}', *['{"format":"x","x-own":1E+3}'] * 2),
        ('{"$schema": "http://json-schema.org/draft-07/schema#", "allOf": []}',)
        + ('{"$schema":"http://json-schema.org/draft-07/schema#","allOf":[]}',) * 2,
    ],
)
def test_json_schema_is_kept_compact_and_normalized_by_name(
    text: str, kept: str, normal: str
) -> None:
    assert parse_schema(text, schema_type="JSON").text == kept
    assert parse_schema(text, schema_type="JSON", normalize=True).text == normal


HERE = "https://example.cn/schemas/sample.json"


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ({"$ref": "place.json#/a"}, ["place.json"]),
        ({"$id": HERE, "$ref": "place.json"}, ["https://example.cn/schemas/place.json"]),
        ({"$id": HERE, "$ref": "https://example.cn/schemas/place.json#a"}, ["place.json"]),
        ({"id": HERE, "items": {"$ref": "sample.json#/b"}}, []),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "urn:a"}, "b": {"$id": "urn:a"}}}, []),
        ({"$ref": DRAFT}, []),
        ({"properties": {"$ref": {"type": "string"}}, "enum": [{"$ref": "x"}]}, []),
    ],
)
def test_a_ref_leads_into_the_schema_or_to_a_reference(schema: Any, names: list[str]) -> None:
    text = json.dumps(schema)

    assert json.loads(parse_schema(text, schema_type="JSON", names=frozenset(names)).text) == schema


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[1, 2]", "at #: a schema is an object or a boolean"),
        ('"x"', "at #: a schema is an object or a boolean"),
        ("null", "at #: a schema is an object or a boolean"),
        ('{"type": "nosuchtype"}', "at #/type: 'nosuchtype' is none of array, boolean"),
        ('{"type": ["string", "nope"]}', "'nope' is none of"),
        ('{"$schema": "urn:mine"}', "at #/$schema: the draft 'urn:mine' is not known"),
        ('{"properties": {"a": 5}}', "at #/properties/a: a schema is an object or a boolean"),
        ('{"properties": ["a"]}', "at #/properties: properties holds an object of schemas"),
        ('{"allOf": {}}', "at #/allOf: allOf holds a list of schemas"),
        ('{"items": 5}', "at #/items: a schema is"),
        (
            '{"anyOf": [{"not": {"required": "a"}}]}',
            "at #/anyOf/0/not/required: required is a list",
        ),
        ('{"enum": "a"}', "at #/enum: enum is a list"),
        ('{"maximum": NaN}', "NaN is no JSON number"),
        ('{"type": {}}', "at #/type: {} is none of"),
        ('{"title": "\\ud800"}', "surrogates not allowed"),
        (
            '{"properties": {"at": {"$ref": "place.json#/a"}}}',
            "at #/properties/at/$ref: 'place.json#/a' is not in it; send a reference of that name",
        ),
    ],
)
def test_what_is_no_json_schema_is_refused_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(RegistryError) as caught:
        parse_schema(text, schema_type="JSON")
    assert caught.value.code == 42201
    assert sentence in str(caught.value)

"""JSON Schema for storing: is it one, and what text is kept of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from lingqu_registry.parsing.json_references import strangers
from lingqu_registry.parsing.json_text import dump, read
from lingqu_registry.parsing.normal import in_order

DRAFTS = (
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
)
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
ONE = ("not", "if", "then", "else", "contains", "propertyNames", "additionalProperties")
LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas")


def json_schema_text(
    text: str, *, normalize: bool = False, names: Collection[str] | None = None
) -> str:
    """Return the text kept: compact, in the order given; with `normalize`, sorted by name.

    Raises ValueError with place and cause. Checks the structure that all drafts share, and that
    each `$ref` stays in the schema or leads to one of the references' `names` (None: anywhere).
    """
    schema = read(text, parse_float=Decimal)
    for place, cause in _defects(schema, "#"):
        raise ValueError(f"at {place}: {cause}")
    if names is not None:
        for place, written in strangers(schema, _parts, names, DRAFTS):
            raise ValueError(f"at {place}: {written!r} is not in it; send a reference of that name")
    return dump(in_order(schema) if normalize else schema)


def _defects(schema: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield place, "a schema is an object or a boolean; write one"
        return
    draft = schema.get("$schema")
    if draft is not None and str(draft).removesuffix("#") not in DRAFTS:
        yield (
            f"{place}/$schema",
            f"the draft {draft!r} is not known; use one of {', '.join(DRAFTS)}",
        )
    types = schema.get("type", [])
    for each in types if isinstance(types, list) else [types]:
        if each not in TYPES:
            yield f"{place}/type", f"{each!r} is none of {', '.join(TYPES)}"
    yield from _keywords(schema, place)
    for step, part in _parts(schema):
        yield from _defects(part, f"{place}/{step}")


def _keywords(schema: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for keywords, kind, word in ((LISTED, list, "a list"), (NAMED, dict, "an object")):
        for keyword in keywords:
            if keyword in schema and not isinstance(schema[keyword], kind):
                yield f"{place}/{keyword}", f"{keyword} holds {word} of schemas; write it so"
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        yield f"{place}/required", "required is a list of names; write it so"
    if not isinstance(schema.get("enum", []), list):
        yield f"{place}/enum", "enum is a list of values; write it so"


def _parts(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for keyword in ONE:
        if keyword in schema:
            yield keyword, schema[keyword]
    items = schema.get("items", [])
    if not isinstance(items, list):
        yield "items", items
    for keyword in (*LISTED, "items"):
        listed = schema.get(keyword, [])
        for place, part in enumerate(listed if isinstance(listed, list) else []):
            yield f"{keyword}/{place}", part
    for keyword in NAMED:
        yield from ((f"{keyword}/{name}", part) for name, part in schema.get(keyword, {}).items())

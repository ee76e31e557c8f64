"""JSON Schema 2020-12 of an event, in the plain JSON form that admission takes.

What the schema accepts, admission can read. It is stricter in one point and looser in another:
instants are RFC 3339 where admission takes any ISO 8601 with an offset, and JSON Schema cannot tell
1.0 from 1. Rules are not in it, for they compare fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from lingqu.contracts.exports.avro_tree import AvroField, AvroType, event_type
from lingqu.contracts.exports.examples import Example
from lingqu.contracts.model import Contract

Tree = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$"
_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_MADE_BY_THE_HUB = "event_id"  # a row that comes without one gets the same one each time


def json_schema(contract: Contract, examples: Sequence[Example] = ()) -> Tree:
    """Return the schema of the latest version, a document of its own."""
    version = contract.latest()
    return {
        "$schema": DIALECT,
        "$id": f"urn:lingqu:{contract.name}:{version.number}",
        "title": f"{contract.title_zh} {contract.title_en}",
        **event_schema(version.schema),
        **({"examples": [example.event for example in examples]} if examples else {}),
    }


def event_schema(schema: str) -> Tree:
    """Return the schema of an event, to stand inside another document."""
    tree = _object(event_type(schema))
    tree["required"].remove(_MADE_BY_THE_HUB)
    tree["properties"][_MADE_BY_THE_HUB] |= {"format": "uuid", "pattern": _UUID}
    return tree


def _object(record: AvroType) -> Tree:
    return {
        "type": "object",
        **({"description": record.doc} if record.doc else {}),
        "properties": {field.name: _property(field) for field in record.fields},
        "required": [field.name for field in record.fields if not field.default],
        "additionalProperties": False,
    }


def _property(field: AvroField) -> Tree:
    told: Tree = {"description": field.doc}
    if field.default:
        told["default"] = field.default[0]
    if field.unit:
        told["x-unit"] = field.unit
    told |= {"x-grade": field.grade, "x-kind": field.kind}
    value = _value(field.type)
    return {**(_or_null(value) if field.nullable else value), **told}


def _or_null(value: Tree) -> Tree:
    if "anyOf" in value:
        return {**value, "anyOf": [*value["anyOf"], {"type": "null"}]}
    symbols = {"enum": [*value["enum"], None]} if "enum" in value else {}
    return {**value, "type": [value["type"], "null"], **symbols}


def _value(avro: AvroType) -> Tree:
    match avro.kind:
        case "enum":
            return {"type": "string", "enum": list(avro.symbols)}
        case "array":
            return {"type": "array", "items": _items(avro)}
        case "map":
            return {"type": "object", "additionalProperties": _items(avro)}
        case "record":
            return _object(avro)
        case scalar:
            return dict(_SCALARS[scalar])


def _items(avro: AvroType) -> Tree:
    assert avro.items is not None  # noqa: S101 - lists and maps have them
    return _value(avro.items)


def _whole(bits: int) -> Tree:
    bound = 1 << (bits - 1)
    return {"type": "integer", "minimum": -bound, "maximum": bound - 1}


_SCALARS: dict[str, Tree] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "int": _whole(32),
    "long": _whole(64),
    "double": {"type": "number"},
    "timestamp-millis": {
        "anyOf": [{"type": "string", "format": "date-time", "pattern": _INSTANT}, _whole(64)]
    },
    "date": {
        "anyOf": [
            {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
            _whole(32),
        ]
    },
}

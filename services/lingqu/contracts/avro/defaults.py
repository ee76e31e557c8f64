"""Defaults of fields: JSON that stands for a value of the field's type."""

from __future__ import annotations

from typing import Any

from lingqu.contracts.avro.types import (
    NO_DEFAULT,
    Array,
    Enum,
    Fixed,
    Map,
    Primitive,
    Record,
    Type,
    Union,
)

INT = range(-(2**31), 2**31)
LONG = range(-(2**63), 2**63)


def read_default(type_: Type, value: Any) -> Any:
    """Return the default as Avro Java keeps it: for a float or double, a text is a number."""
    if isinstance(value, str) and type_.kind in {"float", "double"}:
        try:
            return float(value)
        except ValueError:
            return value
    return value


def is_default(type_: Type, value: Any) -> bool:
    """Tell whether JSON is a value of that type; of a union, of any branch (Avro 1.12)."""
    match type_:
        case Primitive():
            return _is_primitive(type_.kind, value)
        case Enum() | Fixed():
            return isinstance(value, str)
        case Array():
            return isinstance(value, list) and all(is_default(type_.items, each) for each in value)
        case Map():
            return isinstance(value, dict) and all(
                is_default(type_.values, each) for each in value.values()
            )
        case Union():
            return any(is_default(branch, value) for branch in type_.branches)
        case Record():
            return isinstance(value, dict) and all(
                is_default(field.type, value.get(field.name, field.default))
                for field in type_.fields
            )


def _is_primitive(kind: str, value: Any) -> bool:  # noqa: PLR0911 - a table of types
    if value is NO_DEFAULT:
        return False
    match kind:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "string" | "bytes":
            return isinstance(value, str)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    match kind:
        case "int":
            return isinstance(value, int) and value in INT
        case "long":
            return isinstance(value, int) and value in LONG
        case _:
            return True

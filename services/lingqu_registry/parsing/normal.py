"""The normal form of what a schema says freely, as Confluent's `normalize=true` writes it."""

from __future__ import annotations

import math
import struct
from typing import Any

from lingqu.contracts.avro.types import (
    Array,
    Fixed,
    Map,
    Primitive,
    Props,
    Record,
    Type,
    Union,
    decimal_of,
)

_FLOAT = struct.Struct(">f")

LOGICAL = {
    "big-decimal": {"bytes"},
    "date": {"int"},
    "duration": {"fixed"},
    "local-timestamp-micros": {"long"},
    "local-timestamp-millis": {"long"},
    "local-timestamp-nanos": {"long"},
    "time-micros": {"long"},
    "time-millis": {"int"},
    "timestamp-micros": {"long"},
    "timestamp-millis": {"long"},
    "timestamp-nanos": {"long"},
    "uuid": {"string", "fixed"},
}
SIZES = {"duration": 12, "uuid": 16}  # bytes, where the type is fixed


def normal_props(props: Props) -> dict[str, Any]:
    """Return the attributes sorted by name, at all levels."""
    return {key: in_order(value) for key, value in sorted(props.items())}


def normal_fixed(type_: Primitive | Fixed) -> dict[str, Any]:
    """Return the attributes of a type that may be logical; what makes it so goes first."""
    props = normal_props(type_.props)
    first = ["logicalType"] if _is_logical(type_) else []
    if decimal := decimal_of(type_):
        first = ["logicalType", "precision", *(["scale"] if decimal[1] else [])]
    return {key: props[key] for key in first} | props


def normal_default(type_: Type, value: Any) -> Any:  # noqa: PLR0911 - a table of types
    """Return a default with numbers as their type has them and names sorted, at all levels."""
    match type_, value:
        case _, bool():
            return value
        case Primitive(kind="double"), int():
            return float(value)
        case Primitive(kind="float"), int() | float():
            return _single(float(value))
        case Array(), list():
            return [normal_default(type_.items, each) for each in value]
        case Map(), dict():
            return {key: normal_default(type_.values, value[key]) for key in sorted(value)}
        case Record(), dict():
            types = {field.name: field.type for field in type_.fields}
            return {
                key: normal_default(types[key], value[key]) if key in types else value[key]
                for key in sorted(value)
            }
        case Union(), _:
            return normal_default(type_.branches[0], value)
        case _:
            return in_order(value)


def in_order(value: Any) -> Any:
    """Return JSON with names sorted, at all levels."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(each) for each in value] if isinstance(value, list) else value


def _is_logical(type_: Primitive | Fixed) -> bool:
    name = type_.props.get("logicalType")
    if not isinstance(name, str) or type_.kind not in LOGICAL.get(name, ()):
        return False
    return not isinstance(type_, Fixed) or type_.size == SIZES.get(name)


def _single(value: float) -> float:
    """Return the number with the fewest digits that four bytes hold as they hold this one."""
    held = _held(value)
    tries = (float(f"{held:.{digits}g}") for digits in range(1, 9))
    return next((each for each in tries if _held(each) == held), held)


def _held(value: float) -> float:
    try:
        return float(_FLOAT.unpack(_FLOAT.pack(value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)

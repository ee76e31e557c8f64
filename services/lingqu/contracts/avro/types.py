"""An Avro schema as linked values: every name leads to its type, so that nothing is looked up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
NO_DEFAULT: Any = object()

Props = Mapping[str, Any]
"""What a schema says beyond the specification (`unit`, `logicalType`), in the order given."""


@dataclass(slots=True, eq=False)
class Primitive:
    """One of the eight types without parts."""

    kind: str
    props: Props = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Array:
    """Any number of items of one type."""

    kind: ClassVar[Literal["array"]] = "array"
    items: Type
    props: Props = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Map:
    """Any number of values of one type, each under a text."""

    kind: ClassVar[Literal["map"]] = "map"
    values: Type
    props: Props = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Union:
    """A value of one of several types; never of a union."""

    kind: ClassVar[Literal["union"]] = "union"
    branches: list[Type]


@dataclass(slots=True, eq=False)
class Field:
    """A part of a record; `default` is JSON, or NO_DEFAULT."""

    name: str
    type: Type
    default: Any = NO_DEFAULT
    doc: str | None = None
    order: str = "ascending"
    aliases: list[str] = field(default_factory=list)
    props: Props = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Named:
    """A type with a full name; `aliases` are full names too."""

    name: str
    doc: str | None = None
    aliases: list[str] = field(default_factory=list)
    props: Props = field(default_factory=dict)

    @property
    def space(self) -> str:
        """The namespace, empty where there is none."""
        return self.name.rpartition(".")[0]

    @property
    def short(self) -> str:
        """The name without its namespace: what the specification compares."""
        return self.name.rpartition(".")[2]


@dataclass(slots=True, eq=False)
class Record(Named):
    """Named fields in order; `is_error` only changes what is written."""

    kind: ClassVar[Literal["record"]] = "record"
    fields: list[Field] = field(default_factory=list)
    is_error: bool = False


@dataclass(slots=True, eq=False)
class Enum(Named):
    """One of some symbols; `default` stands for the symbols that a reader does not know."""

    kind: ClassVar[Literal["enum"]] = "enum"
    symbols: list[str] = field(default_factory=list)
    default: str | None = None


@dataclass(slots=True, eq=False)
class Fixed(Named):
    """So many bytes."""

    kind: ClassVar[Literal["fixed"]] = "fixed"
    size: int = 0


Type = Primitive | Array | Map | Union | Record | Enum | Fixed


def decimal_of(type_: Primitive | Fixed) -> tuple[int, int] | None:
    """Return precision and scale where the type is a valid decimal, else None.

    The specification has an invalid logical type ignored.
    """
    props = type_.props
    if props.get("logicalType") != "decimal" or type_.kind not in {"bytes", "fixed"}:
        return None
    precision, scale = (_whole(props.get(name, 0)) for name in ("precision", "scale"))
    if not 0 <= scale <= precision or precision == 0:
        return None
    if isinstance(type_, Fixed) and precision > _digits(type_.size):
        return None
    return precision, scale


def _whole(value: Any) -> int:
    """Return a whole number; what is none is as wrong as a negative one."""
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _digits(size: int) -> int:
    """Return how many decimal digits always fit in so many bytes of two's complement."""
    return math.floor(math.log10(2) * (8 * size - 1))

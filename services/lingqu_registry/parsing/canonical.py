"""A schema's one text: what Avro Java's `Schema.toString()` writes, so that an id is found again.

Attributes stand in fixed order, then the unknown ones as they came (`unit`, `logicalType`), then
aliases; `{"type": "string"}` is `"string"`; a namespace is written where it changes; a type is
written out where it is met first, and named from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lingqu.contracts.avro.types import (
    NO_DEFAULT,
    PRIMITIVES,
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Primitive,
    Props,
    Record,
    Type,
    Union,
)
from lingqu_registry.parsing.json_text import dump
from lingqu_registry.parsing.normal import normal_default, normal_fixed, normal_props

KINDS = PRIMITIVES | {"record", "enum", "array", "map", "union", "fixed"}


def canonical_text(schema: Type, *, normalize: bool = False, known: Iterable[str] = ()) -> str:
    """Return the text of a schema; the types known (full names) are named, not written out.

    `normalize` sorts aliases and unknown attributes, and leaves out empty docs: the text of
    Confluent's `normalize=true`. Its full names live only in between, and are not in that text.
    """
    return dump(_Writer(set(known), normalize).type(schema, ""))


class _Writer:
    def __init__(self, known: set[str], normalize: bool) -> None:
        self._known = known
        self._normalize = normalize

    def type(self, type_: Type, space: str) -> Any:
        """Return the JSON of one type inside that namespace."""
        match type_:
            case Primitive():
                props = self._props(type_)
                return {"type": type_.kind, **props} if props else type_.kind
            case Array():
                items = self.type(type_.items, space)
                return {"type": "array", "items": items, **self._props(type_)}
            case Map():
                values = self.type(type_.values, space)
                return {"type": "map", "values": values, **self._props(type_)}
            case Union():
                return [self.type(branch, space) for branch in type_.branches]
            case _:
                if type_.name in self._known:
                    return _shortened(type_.name, space)
                self._known.add(type_.name)
                return self._definition(type_, space)

    def _definition(self, type_: Record | Enum | Fixed, space: str) -> dict[str, Any]:
        found: dict[str, Any] = {"type": self._word(type_), "name": type_.short}
        if type_.space != space:
            found["namespace"] = type_.space
        if type_.doc or (type_.doc == "" and not self._normalize):
            found["doc"] = type_.doc
        found |= {**self._body(type_), **self._props(type_)}
        if type_.aliases:
            aliases = sorted(type_.aliases) if self._normalize else type_.aliases
            found["aliases"] = [_shortened(alias, type_.space) for alias in aliases]
        return found

    def _word(self, type_: Record | Enum | Fixed) -> str:
        is_error = isinstance(type_, Record) and type_.is_error
        return "error" if is_error and not self._normalize else type_.kind

    def _body(self, type_: Record | Enum | Fixed) -> dict[str, Any]:
        match type_:
            case Record():
                return {"fields": [self._field(field, type_.space) for field in type_.fields]}
            case Enum():
                default = {} if type_.default is None else {"default": type_.default}
                return {"symbols": type_.symbols, **default}
            case Fixed():
                return {"size": type_.size}

    def _field(self, field: Field, space: str) -> dict[str, Any]:
        found = {"name": field.name, "type": self.type(field.type, space)}
        if field.doc is not None:
            found["doc"] = field.doc
        if field.default is not NO_DEFAULT:
            value = field.default
            found["default"] = normal_default(field.type, value) if self._normalize else value
        if field.order != "ascending":
            found["order"] = field.order
        if field.aliases:
            found["aliases"] = sorted(field.aliases) if self._normalize else field.aliases
        return {**found, **(normal_props(field.props) if self._normalize else field.props)}

    def _props(self, type_: Primitive | Array | Map | Record | Enum | Fixed) -> Props:
        if not self._normalize:
            return type_.props
        if isinstance(type_, Primitive | Fixed):
            return normal_fixed(type_)
        return normal_props(type_.props)


def _shortened(name: str, space: str) -> str:
    """Return the name as it is written in that namespace: short where it is its own.

    The name of a kind of type stays full, or it would be read as that kind.
    """
    own, _, short = name.rpartition(".")
    return short if own == space and short not in KINDS else name

"""Which Python types a contract's fields take, for values that become Arrow columns unchanged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import NoneType
from typing import Any, Final

from lingqu.admission.filling import Lists

Column = Sequence[Any] | Lists

_WHOLE: Final[frozenset[type]] = frozenset({int, NoneType})
_TEXT: Final[frozenset[type]] = frozenset({str, NoneType})
# Arrow would cut 1.5 to 1 and take a text for a list of its letters: rows refuse both.
_TYPES: Final[Mapping[str, frozenset[type]]] = {
    "string": _TEXT,
    "enum": _TEXT,
    "int": _WHOLE,
    "long": _WHOLE,
    "double": frozenset({float, int, NoneType}),
    "boolean": frozenset({bool, NoneType}),
}
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Scalar:
    """Values of these Python types."""

    types: frozenset[type]

    def column(self, values: Sequence[Any]) -> Column | None:
        """Return the values as a column; None where that might change one of them."""
        return values if set(map(type, values)) <= self.types else None


@dataclass(frozen=True, slots=True)
class ListOf:
    """Lists of scalars, none of which is null itself."""

    items: Scalar

    def column(self, values: Sequence[Any]) -> Column | None:
        """Return the lists as a column; None where that might change one of them."""
        if not set(map(type, values)) <= {list}:
            return None
        return None if self.items.column(list(chain(*values))) is None else values


@dataclass(frozen=True, slots=True)
class RecordsOf:
    """Lists of records, by their fields; what a record leaves out takes its default."""

    fields: Mapping[str, Kind]
    defaults: Mapping[str, Any]

    def column(self, values: Sequence[Any]) -> Column | None:
        """Return the records' fields as columns; None where that might change one of them."""
        if not set(map(type, values)) <= {list}:
            return None
        records = list(chain(*values))
        if not set(map(type, records)) <= {dict}:
            return None
        known = self.fields.keys()
        if not all(each.keys() <= known for each in records):
            return None
        items: dict[str, Sequence[Any]] = {}
        for name, kind in self.fields.items():
            default = self.defaults.get(name, _ABSENT)
            column = kind.column([each.get(name, default) for each in records])
            if column is None or isinstance(column, Lists):
                return None
            items[name] = column
        return Lists(list(map(len, values)), items)


Kind = Scalar | ListOf | RecordsOf


# Of what only rows can judge, columns carry that it is not there.
_NOTHING: Final = Scalar(frozenset({NoneType}))


def kinds_of(schema: str) -> dict[str, Kind]:
    """Return the kind of each field of a record schema."""
    return _fields(json.loads(schema), {})


def _fields(record: Mapping[str, Any], named: dict[str, Any]) -> dict[str, Kind]:
    return {field["name"]: _kind(field["type"], named) for field in record["fields"]}


def _kind(avro: Any, named: dict[str, Any]) -> Kind:
    if isinstance(avro, list):
        others = [branch for branch in avro if branch != "null"]
        return _kind(others[0], named) if len(others) == 1 else _NOTHING
    plain = named.get(avro.rpartition(".")[2], {"type": avro}) if isinstance(avro, str) else avro
    if "name" in plain:
        named[plain["name"]] = plain
    if plain["type"] == "array":
        return _list_of(plain["items"], named)
    if plain["type"] == "record" and plain is avro:
        _fields(plain, named)  # a later field may use what is named inside
    return Scalar(_TYPES[plain["type"]]) if plain["type"] in _TYPES else _NOTHING


def _list_of(items: Any, named: dict[str, Any]) -> Kind:
    kind = _kind(items, named)
    record = named.get(items.rpartition(".")[2]) if isinstance(items, str) else items
    if isinstance(record, dict) and record["type"] == "record":
        given = {each["name"]: each["default"] for each in record["fields"] if "default" in each}
        return RecordsOf(_fields(record, named), given)
    return ListOf(kind) if isinstance(kind, Scalar) else _NOTHING

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
class Record:
    """A record or nothing, by its fields; what it leaves out takes its default."""

    fields: Mapping[str, Kind]
    defaults: Mapping[str, Any]

    def column(self, values: Sequence[Any]) -> Column | None:
        """Return the records, whole; None where that might change one of them."""
        items = self.items([each for each in values if each is not None])
        if items is None:
            return None
        whole = (dict(zip(items, row, strict=True)) for row in zip(*items.values(), strict=True))
        return [None if each is None else next(whole) for each in values]

    def items(self, records: Sequence[Any]) -> Mapping[str, Sequence[Any]] | None:
        """Return the records' fields as columns; None where that might change one of them."""
        known = self.fields.keys()
        if not set(map(type, records)) <= {dict} or not all(
            each.keys() <= known for each in records
        ):
            return None
        items: dict[str, Sequence[Any]] = {}
        for name, kind in self.fields.items():
            default = self.defaults.get(name, _ABSENT)
            column = kind.column([each.get(name, default) for each in records])
            if column is None or isinstance(column, Lists):
                return None
            items[name] = column
        return items


@dataclass(frozen=True, slots=True)
class RecordsOf:
    """Lists of records."""

    record: Record

    def column(self, values: Sequence[Any]) -> Column | None:
        """Return the records' fields as columns; None where that might change one of them."""
        if not set(map(type, values)) <= {list}:
            return None
        items = self.record.items(list(chain(*values)))
        return None if items is None else Lists(list(map(len, values)), items)


Kind = Scalar | ListOf | Record | RecordsOf


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
    if plain["type"] == "record":
        return _record(plain, named)
    return Scalar(_TYPES[plain["type"]]) if plain["type"] in _TYPES else _NOTHING


def _list_of(items: Any, named: dict[str, Any]) -> Kind:
    kind = _kind(items, named)
    if isinstance(kind, Record):
        return RecordsOf(kind)
    return ListOf(kind) if isinstance(kind, Scalar) else _NOTHING


def _record(schema: Mapping[str, Any], named: dict[str, Any]) -> Record:
    given = {each["name"]: each["default"] for each in schema["fields"] if "default" in each}
    return Record(_fields(schema, named), given)

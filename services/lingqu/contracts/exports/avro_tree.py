"""A version's schema as a tree: named types stand where they are used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "string",
    "boolean",
    "int",
    "long",
    "double",
    "timestamp-millis",
    "date",
    "enum",
    "array",
    "map",
    "record",
]


@dataclass(frozen=True, slots=True)
class AvroType:
    """One type of the contracts' profile; `items` are a list's items or a map's values."""

    kind: Kind
    name: str = ""
    doc: str = ""
    symbols: tuple[str, ...] = ()
    items: AvroType | None = None
    fields: tuple[AvroField, ...] = ()

    @property
    def record(self) -> AvroType | None:
        """Return the record whose fields lie below this type: its own, its items', its values'."""
        if self.kind == "record":
            return self
        return None if self.items is None else self.items.record


@dataclass(frozen=True, slots=True)
class AvroField:
    """One field of a record; `default` is a tuple of one where there is a default."""

    name: str
    type: AvroType
    nullable: bool
    default: tuple[Any, ...]
    doc: str
    unit: str
    grade: int | str
    kind: str


def event_type(schema: str) -> AvroType:
    """Return the record of a schema that keeps the profile."""
    return _type(json.loads(schema), {})


def all_fields(record: AvroType, prefix: str = "") -> Iterator[tuple[str, AvroField]]:
    """Yield every field with its path, all levels, depth first."""
    for field in record.fields:
        path = f"{prefix}{field.name}"
        yield path, field
        if field.type.record is not None:
            yield from all_fields(field.type.record, f"{path}.")


def _type(avro: Any, named: dict[str, AvroType]) -> AvroType:
    match avro:
        case str():
            return named.get(avro) or AvroType(avro)  # type: ignore[arg-type]  # the profile's
        case {"logicalType": logical}:
            return AvroType(logical)
        case {"type": "record", "fields": fields}:
            made = tuple(_field(field, named) for field in fields)
            return _known(AvroType("record", avro["name"], avro.get("doc", ""), fields=made), named)
        case {"type": "enum", "symbols": symbols}:
            return _known(AvroType("enum", avro["name"], symbols=tuple(symbols)), named)
        case {"type": "array", "items": inner} | {"type": "map", "values": inner}:
            return AvroType(avro["type"], items=_type(inner, named))
        case _:
            return _type(avro["type"], named)


def _known(made: AvroType, named: dict[str, AvroType]) -> AvroType:
    named[made.name] = made
    return made


def _field(field: dict[str, Any], named: dict[str, AvroType]) -> AvroField:
    avro = field["type"]
    nullable = isinstance(avro, list)
    return AvroField(
        name=field["name"],
        type=_type(avro[1] if nullable else avro, named),
        nullable=nullable,
        default=(field["default"],) if "default" in field else (),
        doc=field["doc"],
        unit=field.get("unit", ""),
        grade=field["grade"],
        kind=field["kind"],
    )

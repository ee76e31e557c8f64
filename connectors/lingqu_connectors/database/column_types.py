"""The types of columns, by each database's own names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.types import UserDefinedType

from lingqu.table_columns import Kind, column_type

# What a table made by somebody else may have instead, losing nothing.
_WIDER: Mapping[Kind, tuple[str, ...]] = {
    "text": ("TEXT", "VARCHAR"),
    "boolean": ("BOOLEAN",),
    "int": ("INTEGER", "BIGINT", "NUMERIC"),
    "long": ("BIGINT", "NUMERIC"),
    "float": ("REAL", "DOUBLE PRECISION"),
    "double": ("DOUBLE PRECISION",),
    "instant": ("TIMESTAMP WITH TIME ZONE",),
    "day": ("DATE",),
    "bytes": ("BYTEA",),
    "json": ("JSONB", "JSON"),
}


class NativeType(UserDefinedType[Any]):
    """A type by the database's own name; values pass as they are."""

    cache_ok = True

    def __init__(self, spec: str) -> None:
        self.spec = spec

    def get_col_spec(self, **_options: Any) -> str:
        return self.spec


def native(kind: Kind, backend: str, *, key: bool = False) -> NativeType:
    """Return the type of a column of that kind; `key` says that it names rows."""
    return NativeType(column_type(kind, backend, key=key))


def takes(found: str, kind: Kind) -> bool:
    """Say whether a column of PostgreSQL that somebody else made holds all values of the kind."""
    return found.partition(" COLLATE")[0].partition("(")[0] in _WIDER[kind]


def wanted(kind: Kind) -> str:
    """Return the type that such a column had better be."""
    return _WIDER[kind][0]

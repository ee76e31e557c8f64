"""The types of columns, by each database's own names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.types import UserDefinedType

from lingqu_connectors.database.columns import Kind

_TYPES: Mapping[str, Mapping[Kind, str]] = {
    "postgresql": {
        "text": "TEXT",
        "boolean": "BOOLEAN",
        "int": "INTEGER",
        "long": "BIGINT",
        "float": "REAL",
        "double": "DOUBLE PRECISION",
        "instant": "TIMESTAMP WITH TIME ZONE",
        "day": "DATE",
        "bytes": "BYTEA",
        "json": "JSONB",
    },
    "sqlite": {
        "text": "TEXT",
        "boolean": "BOOLEAN",
        "int": "INTEGER",
        "long": "INTEGER",
        "float": "REAL",
        "double": "REAL",
        "instant": "TEXT",
        "day": "TEXT",
        "bytes": "BLOB",
        "json": "TEXT",
    },
}

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
    """Return the type of a column of that kind.

    A text that names rows is compared by its bytes: that is quicker, and an index stays right when
    the machine's collations change with its system.
    """
    spec = _TYPES[backend][kind]
    by_bytes = key and kind == "text" and backend == "postgresql"
    return NativeType(f'{spec} COLLATE "C"' if by_bytes else spec)


def takes(found: str, kind: Kind) -> bool:
    """Say whether a column of PostgreSQL that somebody else made holds all values of the kind."""
    return found.partition(" COLLATE")[0].partition("(")[0] in _WIDER[kind]


def wanted(kind: Kind) -> str:
    """Return the type that such a column had better be."""
    return _WIDER[kind][0]

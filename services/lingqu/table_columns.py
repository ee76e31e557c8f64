"""The columns that events have in tables, and what each database calls their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "boolean", "int", "long", "float", "double", "instant", "day", "bytes", "json"
]

SEQUENCE, FEED, PART = "lq_seq", "lq_feed", "lq_part"

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


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name is the field's, its kind says the type in each database."""

    name: str
    kind: Kind
    nullable: bool


LANE_COLUMNS = (
    Column(FEED, "text", nullable=False),
    Column(PART, "int", nullable=False),
    Column(SEQUENCE, "long", nullable=False),
)


def column_type(kind: Kind, backend: str, *, key: bool = False) -> str:
    """Return the type of a column of that kind, by the database's own name.

    A text that names rows is compared by its bytes: that is quicker, and an index stays right when
    the machine's collations change with its system.
    """
    name = _TYPES[backend][kind]
    by_bytes = key and kind == "text" and backend == "postgresql"
    return f'{name} COLLATE "C"' if by_bytes else name

"""How far the source is: the key of the last row taken, value by value with its type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from lingqu.errors import PermanentError

Key = tuple[Any, ...]

# Each type by its name: how it is written as text, and read again, exactly.
_TYPES: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "int": (int, str, int),
    "float": (float, float.hex, float.fromhex),
    "text": (str, str, str),
    "instant": (datetime, datetime.isoformat, datetime.fromisoformat),
    "day": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "uuid": (UUID, str, UUID),
    "bytes": (bytes, bytes.hex, bytes.fromhex),
}
_NAMES = {kind: name for name, (kind, _, _) in _TYPES.items()}


def encode(columns: Sequence[str], key: Key) -> bytes:
    """Return the position. Raises PermanentError for a value that cannot stand in a key."""
    values = [written(name, value) for name, value in zip(columns, key, strict=True)]
    return orjson.dumps({"columns": columns, "values": values})


def decode(columns: Sequence[str], position: bytes) -> Key:
    """Return the key. Raises PermanentError where it was one of other columns."""
    members = orjson.loads(position)
    if members["columns"] != list(columns):
        raise PermanentError(
            f"the rows taken so far are known by {', '.join(members['columns'])}, and the option "
            f"key says {', '.join(columns)}; set it back, or give the connector a new feed id to "
            "take all rows anew"
        )
    return tuple(read(name, text) for name, text in members["values"])


def written(column: str, value: Any) -> tuple[str, str]:
    """Return a value as its type's name and text. Raises PermanentError where it has no such."""
    name = _NAMES.get(type(value))
    if name is None:
        raise PermanentError(
            f"the key column {column!r} holds {type(value).__name__}; choose columns of numbers, "
            "times or texts"
        )
    return name, _TYPES[name][1](value)


def read(name: str, text: str) -> Any:
    """Return what was written so."""
    return _TYPES[name][2](text)

"""Ids of records, made from what names a record in the world and telling nothing of it."""

from __future__ import annotations

from collections.abc import Sequence

from lingqu.keyed_hash import keyed_hash

_DIGITS = 32
_SEPARATOR = "\x1f"


def record_id(region: str, letters: str, key: bytes, parts: Sequence[str]) -> str:
    """Return `<region>-<letters>-<32 hexadecimal digits>`, for the same parts always the same.

    A second import thus speaks of the same record, and without the key of the hub nobody can try
    out names or numbers.
    """
    text = _SEPARATOR.join((letters, *parts)).encode()
    return f"{region}-{letters}-{keyed_hash(key, text)[:_DIGITS]}"


def belongs(thing_id: str, region: str) -> bool:
    """Say whether the region made the id, and so may speak of the thing."""
    return thing_id.startswith(f"{region}-")

"""Stand-ins for values: stable for one partner, and unlinkable to another partner's."""

from __future__ import annotations

import hmac

import pyarrow as pa
import pyarrow.types as kinds

_CACHED = 200_000


class Pseudonyms:
    """Stand-ins under one partner's key: HMAC-SHA-256, 128 bits in hexadecimal.

    The same value is always the same pseudonym for this partner, in whatever field it stands, and
    unlinkable to another partner's. Values repeat, so what was computed is kept.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    def of(self, values: pa.Array) -> pa.Array:
        """Return the pseudonyms of an array of plain values; null for null."""
        encoded = _as_text(values).dictionary_encode()
        names = pa.array([self.one(value) for value in encoded.dictionary.to_pylist()], pa.string())
        return names.take(encoded.indices)

    def one(self, text: str) -> str:
        """Return the pseudonym of one text."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= _CACHED:
                self._known.clear()
            found = hmac.digest(self._key, text.encode(), "sha256")[:16].hex()
            self._known[text] = found
        return found


def _as_text(values: pa.Array) -> pa.Array:
    if kinds.is_binary(values.type) or kinds.is_fixed_size_binary(values.type):
        return pa.array([None if each is None else each.hex() for each in values.to_pylist()])
    return values.cast(pa.string())

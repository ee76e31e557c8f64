"""Ids of records, made from what names a record in the world and telling nothing of it."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

_BYTES = 16
_SEPARATOR = "\x1f"


def record_id(region: str, letters: str, key: bytes, parts: Sequence[str]) -> str:
    """Return `<region>-<letters>-<32 hexadecimal digits>`, for the same parts always the same.

    A second import thus speaks of the same record, and without the key of the hub nobody can try
    out names or numbers.
    """
    text = _SEPARATOR.join((letters, *parts)).encode()
    digest = hmac.digest(key, text, "sha256")[:_BYTES]
    return f"{region}-{letters}-{digest.hex()}"

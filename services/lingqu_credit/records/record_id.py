"""Ids of records, made from what names a record in the world and telling nothing of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

_BYTES = 16
_SEPARATOR = "\x1f"


def record_id(region: str, letters: str, key: bytes, parts: Sequence[str]) -> str:
    """Return `<region>-<letters>-<26 characters>`: the same for the same parts under a hub's key.

    A second import thus speaks of the same record, and nobody can try out names or numbers.
    """
    text = _SEPARATOR.join((letters, *parts)).encode()
    digest = hmac.new(key, text, hashlib.sha256).digest()[:_BYTES]
    return f"{region}-{letters}-{base64.b32encode(digest).decode().rstrip('=')}"

"""The identity of rows that come without one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from lingqu.contracts.envelope import keyed_event_id
from lingqu.contracts.model import Contract
from lingqu.errors import Reason

_DIGEST_BYTES = 16
_NO_ID = Reason(
    "missing_field", "field 'event_id' is missing and this way in makes none", field="event_id"
)
_NO_TEXT = Reason("undecodable", "the event holds half a surrogate pair or is nested too deeply")
_NO_KEY = Reason("wrong_key", "the record key cannot be made: a key field is null or missing")


class Identity:
    """Gives a row the same id each time it is imported, so that a second import is a repeat.

    The id is an HMAC under a key of this hub over source, record key, time and content; without the
    key it can be neither guessed nor tested against a list of likely contents.
    """

    def __init__(self, contract: Contract, defaults: Mapping[str, Any], key: bytes | None) -> None:
        self._contract = contract
        self._defaults = defaults
        self._key = key

    def give(self, row: dict[str, Any], source: str) -> tuple[bytes, Reason | None]:
        """Set `event_id` where it is absent; return the content's digest, or why not."""
        try:
            content = self._content(row)
        except orjson.JSONEncodeError:
            return b"", _NO_TEXT
        reason = None if "event_id" in row else self._derive(row, source, content)
        return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest(), reason

    def _derive(self, row: dict[str, Any], source: str, content: bytes) -> Reason | None:
        if self._key is None:
            return _NO_ID
        if any(row.get(field, self._defaults.get(field)) is None for field in self._contract.key):
            return _NO_KEY
        record_key = self._contract.key_of({**self._defaults, **row})
        row["event_id"] = keyed_event_id(self._key, source, record_key, row["occurred_at"], content)
        return None

    def _content(self, row: Mapping[str, Any]) -> bytes:
        # A field left out and a field given as its default are the same content.
        told = {
            name: value
            for name, value in row.items()
            if name != "event_id" and (name not in self._defaults or value != self._defaults[name])
        }
        return orjson.dumps(told, default=_as_text, option=orjson.OPT_SORT_KEYS)


def _as_text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)

"""How far the source is: which page it stands at, and what it has taken of it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from lingqu.errors import PermanentError

By = Literal["address", "cursor"]

_DIGEST_BYTES = 12


@dataclass(frozen=True, slots=True)
class Position:
    """The page that is asked for next; it commits with the rows before it.

    `at` is its path and query or its cursor, None the first page. `taken` are digests of the rows
    taken of it so far, for the last page grows; with them goes the ETag it then had.
    """

    by: By
    at: str | None = None
    etag: str | None = None
    taken: frozenset[bytes] = frozenset()

    def encode(self) -> bytes:
        taken = base64.b64encode(b"".join(sorted(self.taken))).decode()
        return orjson.dumps({"by": self.by, "at": self.at, "etag": self.etag, "taken": taken})

    @classmethod
    def decode(cls, by: By, position: bytes | None) -> Position:
        """Return the position. Raises PermanentError where it was one of another kind."""
        if position is None:
            return cls(by)
        members = orjson.loads(position)
        if members["by"] != by:
            raise PermanentError(
                f"the pages taken so far were found by {members['by']}, and the option "
                f"cursor_member now asks for {by}; set it back, or give the connector a new feed "
                "id to take all pages anew"
            )
        joined = base64.b64decode(members["taken"])
        places = range(0, len(joined), _DIGEST_BYTES)
        taken = frozenset(joined[place : place + _DIGEST_BYTES] for place in places)
        return cls(by, members["at"], members["etag"], taken)

    def growing(self, etag: str | None, digests: Iterable[bytes]) -> Position:
        """Return the same page, of which all these rows are taken."""
        return Position(self.by, self.at, etag, frozenset(digests))


def digest_of(row: Any) -> bytes:
    """Return what tells a row from others: equal rows are one, in whatever order its members."""
    text = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest()

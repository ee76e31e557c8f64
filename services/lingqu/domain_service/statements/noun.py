"""A noun: something that is declared, with its topic, its table and what names a row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Table

from lingqu.contracts.envelope import ENVELOPE_FIELDS

Document = dict[str, Any]
Key = tuple[str | int, ...]
KeyOf = Callable[[Mapping[str, Any]], Key]

ENVELOPE = frozenset(each["name"] for each in ENVELOPE_FIELDS)
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Noun:
    """Something that is declared under a key; `key` names fields of the event.

    Beside `statement_columns` the table has whatever scalar fields of the event it is looked up by,
    under their own names. `instants` and `days` are the fields that a listing shows as times and
    days. `emptied` is what a withdrawal leaves of the statement, and `reason` the field, if there
    is one, that says why. `key_of` returns the key of a document.
    """

    name: str
    topic: str
    table: Table
    key: tuple[str, ...]
    emptied: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    instants: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    key_of: KeyOf = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once how a document's key is read: it is asked for all the time."""
        first, *others = self.key
        key_of: KeyOf = itemgetter(*self.key) if others else lambda told: (told[first],)
        object.__setattr__(self, "key_of", key_of)


def content_digest(event: Mapping[str, Any]) -> bytes:
    """Return what names the content of a statement, its envelope and what is null left out."""
    told = {
        name: value for name, value in event.items() if value is not None and name not in ENVELOPE
    }
    written = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(written, digest_size=_DIGEST_BYTES).digest()

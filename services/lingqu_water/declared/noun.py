"""The two things that are declared, each with its topic, its table and what names a row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Table

from lingqu.contracts.envelope import ENVELOPE_FIELDS
from lingqu_water.declared.tables import FUNCTION_ZONE, RESOURCE

Document = dict[str, Any]
Key = tuple[str | int, ...]

_ENVELOPE = frozenset(each["name"] for each in ENVELOPE_FIELDS)
_KEPT_APART = ("event_id", "occurred_at_ms", "origin", "change", "digest", "document")
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Noun:
    """Something that is declared under a key; `emptied` is what a withdrawal leaves of it."""

    name: str
    topic: str
    table: Table
    key: tuple[str, ...]
    emptied: Mapping[str, Any] = field(default_factory=dict)

    def key_of(self, document: Mapping[str, Any]) -> Key:
        return tuple(document[name] for name in self.key)

    def row(self, event: Document) -> dict[str, Any]:
        """Return the table's row for an event whose instants are milliseconds."""
        own = [column.name for column in self.table.columns if column.name not in _KEPT_APART]
        return {name: event.get(name) for name in own} | {
            "event_id": event["event_id"],
            "occurred_at_ms": event["occurred_at"],
            "origin": event["origin"],
            "change": event["change"],
            "digest": content_digest(event),
            "document": orjson.dumps(event).decode(),
        }


def content_digest(event: Mapping[str, Any]) -> bytes:
    """Return what names the content of a statement, its envelope and what is null left out."""
    told = {name: value for name, value in event.items() if name not in _ENVELOPE}
    told = {name: value for name, value in told.items() if value is not None}
    written = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(written, digest_size=_DIGEST_BYTES).digest()


ZONE = Noun(
    "zone",
    "water.function_zone.v1",
    FUNCTION_ZONE,
    ("zone_code",),
    {"result": "not_assessed", "assessed_period": None, "assessed_class": None},
)
RESOURCES = Noun(
    "resource",
    "water.resource.v1",
    RESOURCE,
    ("station_code", "observed_at", "period"),
    {"measures": [], "validity": "invalid"},
)

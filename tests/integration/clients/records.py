"""One event type in three versions, for clients of every language."""

from __future__ import annotations

import json
from typing import Any

_FIELDS: list[dict[str, Any]] = [
    {"name": "station", "type": "string"},
    {"name": "measured_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "level", "type": ["null", "double"], "default": None},
    {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["ok", "faulty"]}},
    {"name": "tags", "type": {"type": "array", "items": "string"}},
]
_COLOUR = {"name": "colour", "type": ["null", "string"], "default": None}
_DEPTH = {"name": "depth", "type": "double"}


def _record(*added: dict[str, Any]) -> str:
    record = {"type": "record", "name": "Reading", "namespace": "cn.demo"}
    return json.dumps({**record, "fields": [*_FIELDS, *added]}, separators=(",", ":"))


READING = _record()
WIDER = _record(_COLOUR)
"""Compatible: one more field, with a default."""
BREAKING = _record(_DEPTH)
"""Not compatible: one more field, without a default."""

# As JSON: the same in every language, times in milliseconds UTC.
EVENT: dict[str, Any] = {
    "station": "桔子洲",
    "measured_at": 1_772_366_400_000,
    "level": 31.25,
    "state": "ok",
    "tags": ["raw", "checked"],
}

# Avro's own JSON encoding names the branch of a union.
EVENT_AS_AVRO_JSON = json.dumps({**EVENT, "level": {"double": EVENT["level"]}})

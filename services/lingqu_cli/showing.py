"""Records made readable, a line each: Avro by its writer's schema, the hub's own topics as JSON."""

from __future__ import annotations

import io
import json
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import fastavro
import orjson

from lingqu.errors import PermanentError, Reason
from lingqu.wire.framing import HEADER_BYTES, group_by_schema
from lingqu.wire.registry import RegistryClient
from lingqu.wire.schema_name import SchemaName
from lingqu_cli.listening import Received

Event = dict[str, Any]

_ENVELOPE = frozenset(
    ("event_id", "occurred_at", "origin", "change", "supersedes", "mode", "environment")
)
_DISPLAY = ZoneInfo("Asia/Shanghai")
_KEY_WIDTH = 24


class Reader:
    """Decodes framed Avro by the registry's schemas, and JSON objects, one record at a time."""

    def __init__(self, registry: RegistryClient) -> None:
        self._registry = registry
        self._parsed: dict[SchemaName, Any] = {}

    def read(self, value: bytes | None) -> Event | Reason:
        """Return the event, or why it cannot be read. Raises UnavailableError."""
        if value is not None and value.startswith(b"{"):
            return _from_json(value)
        grouped = group_by_schema([value])
        if grouped.refused:
            return grouped.refused[0]
        (name,), (payload,) = grouped.ids, grouped.payloads
        try:
            return _decode(self._schema(name), (payload or b"")[HEADER_BYTES:])
        except PermanentError as error:
            return Reason("unknown_schema", str(error))

    def _schema(self, name: SchemaName) -> Any:
        if name not in self._parsed:
            text = self._registry.schema(name)
            self._parsed[name] = fastavro.parse_schema(json.loads(text))
        return self._parsed[name]


def _from_json(value: bytes) -> Event | Reason:
    """Return a record of one of the hub's own topics, which are JSON: dead letters, agreements."""
    try:
        event: Event = orjson.loads(value)
    except orjson.JSONDecodeError:
        return Reason("undecodable", "neither framed Avro nor a JSON object")
    return event


def _decode(schema: Any, body: bytes) -> Event | Reason:
    source = io.BytesIO(body)
    try:
        event = fastavro.schemaless_reader(source, schema)
    except Exception as error:  # noqa: BLE001 - fastavro raises whatever damaged bytes lead to
        return Reason("undecodable", f"not Avro of its schema ({type(error).__name__})")
    left = len(body) - source.tell()
    if left:
        return Reason("undecodable", f"{left} bytes are left after the event")
    return event if isinstance(event, dict) else {"value": event}


def as_json_line(record: Received, read: Event | Reason) -> str:
    """Return the event as one JSON object, or an object with the member `undecodable`."""
    if isinstance(read, Reason):
        place = {"partition": record.partition, "offset": record.offset}
        return _dumps({"undecodable": {"code": read.code, "reason": read.detail, **place}})
    return _dumps(read)


def as_line(record: Received, read: Event | Reason) -> str:
    """Return place, key, time and content in one line for people."""
    place = f"{record.partition}/{record.offset}".ljust(9)
    key = (record.key or b"").decode("utf-8", "replace").ljust(_KEY_WIDTH)
    if isinstance(read, Reason):
        return f"{place} {key} ! undecodable: {read.detail} ({read.code})"
    time = _local(read.get("occurred_at"))
    told = {name: value for name, value in read.items() if name not in _ENVELOPE}
    change = read.get("change", "")
    return f"{place} {key} {time:19} {read.get('origin', ''):6} {change:10} {_dumps(told)}"


def _local(moment: object) -> str:
    if not isinstance(moment, datetime):
        return ""
    return f"{moment.astimezone(_DISPLAY):%Y-%m-%d %H:%M:%S}"


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=_as_json, option=orjson.OPT_UTC_Z).decode()


def _as_json(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)

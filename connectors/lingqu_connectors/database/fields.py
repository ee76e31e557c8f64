"""A row of a database as an event's fields, as JSON carries them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

Convert = Callable[[Any], Any]


class Fields:
    """Takes of each row what the contract has a field for, by the column's name."""

    def __init__(self, schema: str, timezone: str) -> None:
        zone = ZoneInfo(timezone)
        self._fields = {
            field["name"]: _converter(field["type"], zone) for field in json.loads(schema)["fields"]
        }

    def names(self) -> frozenset[str]:
        return frozenset(self._fields)

    def event(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the event; a column without a field is left out, a null too, for the default."""
        return {
            name: convert(row[name])
            for name, convert in self._fields.items()
            if row.get(name) is not None
        }


def _converter(avro: Any, zone: tzinfo) -> Convert:
    kind = avro
    if isinstance(avro, list):
        others = [branch for branch in avro if branch != "null"]
        return _converter(others[0], zone) if len(others) == 1 else _plain
    if isinstance(avro, dict):
        kind = avro.get("logicalType") or avro["type"]
        if isinstance(kind, (dict, list)):
            return _converter(kind, zone)
    if kind in ("array", "map", "record"):
        return _nested
    if kind in ("timestamp-millis", "timestamp-micros"):
        return lambda value: _instant(value, zone)
    return bool if kind == "boolean" else _plain


def _plain(value: Any) -> Any:
    """Return what JSON has a type for; a whole decimal is a whole number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("latin-1")  # Avro's JSON form of bytes
    return value


def _instant(value: Any, zone: tzinfo) -> Any:
    """Return the instant in UTC; a time stored without a zone is of the one that was said."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value  # admission says what is wrong with it
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=zone)
    if not isinstance(value, datetime):
        return value
    known = value.replace(tzinfo=zone) if value.tzinfo is None else value
    return known.astimezone(UTC).isoformat()


def _nested(value: Any) -> Any:
    """Return a list or record: JSON text is parsed, what a driver has parsed is taken."""
    if not isinstance(value, str | bytes):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value  # admission says what is wrong with it

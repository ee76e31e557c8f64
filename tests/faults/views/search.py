"""Looks for values where they must not be: in bytes of any form, and in decoded events."""

from __future__ import annotations

import hashlib
import io
import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import fastavro
from tests.faults.views.planted import Plant
from tests.support.view_terms import Fate

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def forms(plant: Plant) -> Iterator[bytes]:
    """Yield how a value may be written: as text, in Avro, in Parquet, in a database, hashed."""
    value = plant.value
    match plant.kind:
        case "int" | "long":
            yield str(value).encode()
            yield _varint(value)
        case "double":
            yield repr(value).encode()
            yield struct.pack("<d", value)
            yield struct.pack(">d", value)
        case "timestamp-millis":
            moment = _EPOCH + timedelta(milliseconds=value)
            yield moment.isoformat(timespec="milliseconds")[:23].encode()
            yield moment.isoformat(" ", timespec="milliseconds")[:23].encode()
            yield str(value).encode()
            yield _varint(value)
        case "date":
            yield (date(1970, 1, 1) + timedelta(days=value)).isoformat().encode()
        case _:
            yield value[2:-2].encode()
            yield hashlib.sha256(value.encode()).hexdigest()[:32].encode()
            yield hashlib.md5(value.encode(), usedforsecurity=False).hexdigest().encode()
    if plant.kind in ("long", "timestamp-millis"):
        yield struct.pack("<q", value)
        yield value.to_bytes(6, "big")


def found_in(plants: Iterable[Plant], places: Mapping[str, bytes]) -> Iterator[str]:
    """Yield where a planted value stands, without the value."""
    everywhere = b"\n".join(places.values())
    for plant in plants:
        for form in forms(plant):
            if form not in everywhere:
                continue
            for place, content in places.items():
                if form in content:
                    yield f"{plant.path} ({plant.kind}) stands in {place}"


def _varint(value: int) -> bytes:
    rest, encoded = value << 1, bytearray()
    while rest > 0x7F:
        encoded.append((rest & 0x7F) | 0x80)
        rest >>= 7
    return bytes([*encoded, rest])


def is_hidden(plant: Plant, fates: Sequence[Fate]) -> bool:
    """Say whether the terms keep a value back, whole or in part."""
    for fate in fates:
        if plant.path == fate.path or plant.path.startswith(f"{fate.path}."):
            return fate.how != "shown"
    raise AssertionError(f"the terms say nothing of {plant.path}")


def wrong_in(
    original: Mapping[str, Any], body: bytes, schema: str, fates: Sequence[Fate]
) -> Iterator[str]:
    """Compare an event that arrived with the one that was produced, field by field."""
    source = io.BytesIO(body)
    shown = fastavro.schemaless_reader(source, _plain(json.loads(schema)))
    if source.read():
        yield "bytes are left after the event"
    for fate in fates:
        before = list(values_at(original, fate.path))
        after = list(values_at(shown, fate.path))
        if fate.how == "shown" and before != after:
            yield f"{fate.path} is not what was produced"
        if fate.how == "withheld" and after:
            yield f"{fate.path} is there"
        if isinstance(fate.how, tuple):
            whole = {
                str(each) for each in before if each is not None and not isinstance(each, dict)
            }
            if whole & {str(each) for each in after}:
                yield f"{fate.path} is there whole under {fate.how[0]['mask']}"


def values_at(row: Any, path: str) -> Iterator[Any]:
    """Yield the values at a path, through lists and maps, and each of those in one."""
    name, _, rest = path.partition(".")
    if not isinstance(row, dict) or name not in row:
        return
    for value in _each(row[name], inside=bool(rest)):
        if rest:
            yield from values_at(value, rest)
        else:
            yield value


def _each(value: Any, *, inside: bool) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _each(each, inside=inside)
    elif isinstance(value, dict) and set(value) == {"one", "two"}:
        for each in value.values():
            yield from _each(each, inside=inside)
    else:
        yield value


def _plain(node: Any) -> Any:
    """Return the schema without logical types, so that times are numbers."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _plain(value) if name in ("type", "items", "values", "fields") else value
        for name, value in node.items()
        if name != "logicalType"
    }

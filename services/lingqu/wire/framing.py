"""Confluent framing: magic byte 0 and the schema's id in four bytes, or 1 and its GUID in sixteen.

Then comes the Avro body. What is read by GUID is handed on with five bytes in front, so that all
that follows sees one form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.errors import Reason
from lingqu.wire.schema_name import SchemaName

MAGIC = 0
HEADER_BYTES = 5
GUID_MAGIC = 1
GUID_HEADER_BYTES = 17

Payloads = Sequence[bytes | None]

_NOT_NUMBERED = b"\x00\x00\x00\x00\x00"


@dataclass(frozen=True, slots=True)
class Grouped:
    """Places of the payloads by schema, and the reason of each that names none.

    `payloads` are those that were given; five bytes stand before a body whose schema is named by
    GUID, and say nothing.
    """

    ids: Mapping[SchemaName, Sequence[int]]
    refused: Mapping[int, Reason]
    payloads: Payloads

    @property
    def single(self) -> SchemaName | None:
        """The schema that every payload names, if it is one."""
        return next(iter(self.ids)) if len(self.ids) == 1 and not self.refused else None


def header(schema_id: int) -> bytes:
    """Return the five bytes that stand before every body of that schema."""
    return b"\x00" + schema_id.to_bytes(4, "big")


def frame(schema_id: int, body: bytes) -> bytes:
    return header(schema_id) + body


def group_by_schema(payloads: Payloads) -> Grouped:
    """Sort out what cannot be read, and group the rest by the schema it names."""
    if (common := _common(payloads)) is not None:
        return common
    groups: dict[bytes, list[int]] = {}
    refused: dict[int, Reason] = {}
    for index, payload in enumerate(payloads):
        framing = _framing(payload)
        if isinstance(framing, Reason):
            refused[index] = framing
        else:
            groups.setdefault(framing, []).append(index)
    ids = {_name(framing): places for framing, places in groups.items()}
    return Grouped(ids, refused, _as_by_id(payloads, ids))


def _common(payloads: Payloads) -> Grouped | None:
    """Group those that all begin alike: the usual case, compared in one pass over the bytes."""
    framing = _framing(payloads[0]) if payloads else None
    if not isinstance(framing, bytes):
        return None
    array = pa.array(payloads, pa.binary())
    if array.null_count or not pc.all(pc.starts_with(array, pattern=framing)).as_py():
        return None
    if framing[0] == GUID_MAGIC:
        payloads = [_NOT_NUMBERED + each[GUID_HEADER_BYTES:] for each in array.to_pylist()]
    return Grouped({_name(framing): range(len(payloads))}, {}, payloads)


def _as_by_id(payloads: Payloads, ids: Mapping[SchemaName, Sequence[int]]) -> Payloads:
    by_guid = [place for name, places in ids.items() if isinstance(name, UUID) for place in places]
    if not by_guid:
        return payloads
    found = list(payloads)
    for place in by_guid:
        found[place] = _NOT_NUMBERED + (found[place] or b"")[GUID_HEADER_BYTES:]
    return found


def _name(framing: bytes) -> SchemaName:
    if framing[0] == GUID_MAGIC:
        return UUID(bytes=framing[1:])
    return int.from_bytes(framing[1:], "big")


def _framing(payload: bytes | None) -> bytes | Reason:
    """Return the bytes before the body."""
    if payload is None:
        return Reason(
            "null_payload", "the record has no value; a withdrawal is an event of its own"
        )
    if len(payload) < HEADER_BYTES:
        return Reason(
            "bad_framing", f"{len(payload)} bytes are too short for a schema id (5 bytes)"
        )
    if payload[0] == MAGIC:
        return payload[:HEADER_BYTES]
    if payload[0] != GUID_MAGIC:
        return Reason(
            "bad_framing", f"the first byte is {payload[0]}; framed Avro begins with 0 or 1"
        )
    if len(payload) < GUID_HEADER_BYTES:
        return Reason(
            "bad_framing", f"{len(payload)} bytes are too short for a schema's GUID (17 bytes)"
        )
    return payload[:GUID_HEADER_BYTES]

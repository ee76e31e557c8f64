"""Confluent framing: magic byte 0, schema id in four bytes, then the Avro body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.errors import Reason

MAGIC = 0
HEADER_BYTES = 5
_GUID_MAGIC = 1


@dataclass(frozen=True, slots=True)
class Grouped:
    """Places of the payloads by schema id, and the reason of each that carries none."""

    ids: Mapping[int, Sequence[int]]
    refused: Mapping[int, Reason]

    @property
    def single(self) -> int | None:
        """The schema id that every payload carries, if it is one."""
        return next(iter(self.ids)) if len(self.ids) == 1 and not self.refused else None


def header(schema_id: int) -> bytes:
    """Return the five bytes that stand before every body of that schema."""
    return b"\x00" + schema_id.to_bytes(4, "big")


def frame(schema_id: int, body: bytes) -> bytes:
    return header(schema_id) + body


def group_by_schema(payloads: Sequence[bytes | None]) -> Grouped:
    """Sort out what cannot be read, and group the rest by schema id."""
    if (schema_id := _common_id(payloads)) is not None:
        return Grouped({schema_id: range(len(payloads))}, {})
    ids: dict[int, list[int]] = {}
    refused: dict[int, Reason] = {}
    for index, payload in enumerate(payloads):
        if payload is None or len(payload) < HEADER_BYTES or payload[0] != MAGIC:
            refused[index] = _refusal(payload)
        else:
            ids.setdefault(int.from_bytes(payload[1:HEADER_BYTES], "big"), []).append(index)
    return Grouped(ids, refused)


def _common_id(payloads: Sequence[bytes | None]) -> int | None:
    """Return the id that all carry: the usual case, compared in one pass without a look at each."""
    first = payloads[0] if payloads else None
    if first is None or len(first) < HEADER_BYTES or first[0] != MAGIC:
        return None
    common = first[:HEADER_BYTES]
    array = pa.array(payloads, pa.binary())
    if array.null_count or not pc.all(pc.starts_with(array, pattern=common)).as_py():
        return None
    return int.from_bytes(common[1:], "big")


def _refusal(payload: bytes | None) -> Reason:
    if payload is None:
        return Reason(
            "null_payload", "the record has no value; a withdrawal is an event of its own"
        )
    if len(payload) < HEADER_BYTES:
        return Reason(
            "bad_framing", f"{len(payload)} bytes are too short for a schema id (5 bytes)"
        )
    if payload[0] == _GUID_MAGIC:
        return Reason(
            "bad_framing", "the first byte is 1: a schema's GUID; let the producer write its id"
        )
    return Reason("bad_framing", f"the first byte is {payload[0]}; framed Avro begins with 0")

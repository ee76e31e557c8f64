"""Records as a program that is not ours might write them: spoiled, each in one way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.builders import event

from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame

# `demo.reading` ends with its list of parts: here one of a two-letter code and an amount.
_PARTS = {"parts": [{"code": "p1", "amount": 1.5}]}
_PARTS_BYTES = 1 + 3 + 1 + 8 + 1


def spoiled(schema: str, schema_id: int) -> Mapping[str, bytes | None]:
    """Return records that nobody can read, by the code of the reason."""
    body = encoded(schema, event(station="43-spoiled", **_PARTS))
    return {
        "null_payload": None,
        "bad_framing": b"\x07" + frame(schema_id, body)[1:],
        "undecodable": frame(schema_id, body[:-3]),
    }


def over_long(schema: str, schema_id: int) -> bytes:
    """Return an event with bytes behind its end."""
    return frame(schema_id, encoded(schema, event(station="43-long", **_PARTS)) + b"more")


def in_blocks(schema: str, schema_id: int, **members: Any) -> bytes:
    """Return legal Avro that no canonical writer makes: an array in a block with its byte count."""
    body = encoded(schema, event(**_PARTS, **members))
    start, parts = body[:-_PARTS_BYTES], body[-_PARTS_BYTES:]
    items = parts[1:-1]
    return frame(schema_id, start + b"\x01" + bytes([2 * len(items)]) + items + b"\x00")


def encoded(schema: str, row: Mapping[str, Any]) -> bytes:
    return AvroCodec(schema).encode_rows([row])[0]

"""The origin region of many events, read off their bytes without decoding them."""

from __future__ import annotations

import json
import sys

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.admission.region import RegionScope
from lingqu.wire.framing import HEADER_BYTES

# The envelope begins: a text of 36 letters, a long, a text.
_BEGINNING = ("string", {"type": "long", "logicalType": "timestamp-millis"}, "string")
_UUID_LENGTH = b"\x48"  # 36, as Avro writes it
_TIME_AT = HEADER_BYTES + 1 + 36
_TIME_BYTES = 6  # what an instant between July 1970 and September 2039 takes
_WORD_BYTES = 8
_ORIGIN_AT = _TIME_AT + _TIME_BYTES
_LONGEST = 6

# In each byte of a number but the last, the highest bit says that another follows.
_HIGHEST_BITS = int.from_bytes(b"\x80" * _TIME_BYTES + b"\x00\x00", sys.byteorder)
_ALL_BUT_LAST = int.from_bytes(b"\x80" * (_TIME_BYTES - 1) + b"\x00" * 3, sys.byteorder)


def begins_with_envelope(schema: str) -> bool:
    """Say whether a schema's first fields are those of the envelope, in its form."""
    fields = json.loads(schema)["fields"][: len(_BEGINNING)]
    return tuple(field["type"] for field in fields) == _BEGINNING


def admitted(payloads: pa.BinaryArray, own: RegionScope) -> pa.BooleanArray | None:
    """Say of each framed event whether its origin is admitted.

    None where the bytes do not show it so simply: then the events must be decoded.
    """
    if not _all_in_usual_form(payloads):
        return None
    begun = pc.binary_slice(payloads, _ORIGIN_AT, _ORIGIN_AT + 1 + _LONGEST).dictionary_encode()
    origins = [_origin(value) for value in begun.dictionary.to_pylist()]
    if None in origins:
        return None
    return pa.array([own.admits(origin) for origin in origins], pa.bool_()).take(begun.indices)


def _all_in_usual_form(payloads: pa.BinaryArray) -> bool:
    """Say whether all have the same frame, a UUID and then a time of the usual length."""
    if not len(payloads):
        return False
    usual = payloads[0].as_py()[:HEADER_BYTES] + _UUID_LENGTH
    times = pc.binary_slice(payloads, _TIME_AT, _TIME_AT + _WORD_BYTES)
    if pc.min(pc.binary_length(times)).as_py() != _WORD_BYTES:
        return False
    words = times.cast(pa.binary(_WORD_BYTES)).view(pa.uint64())
    marks = pc.bit_wise_and(words, pa.scalar(_HIGHEST_BITS, pa.uint64()))
    framed = pc.all(pc.starts_with(payloads, pattern=usual))
    timed = pc.all(pc.equal(marks, pa.scalar(_ALL_BUT_LAST, pa.uint64())))
    return bool(framed.as_py() and timed.as_py())


def _origin(begun: bytes) -> str | None:
    """Return the text that begins there, or None where it is longer than a region's code."""
    length, odd = divmod(begun[0], 2)
    if odd or length > len(begun) - 1:
        return None
    return begun[1 : 1 + length].decode("ascii", "replace")

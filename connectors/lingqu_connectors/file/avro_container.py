"""Events as an Avro object container file, put together from the bytes that came over Kafka."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from lingqu.connect.batch import Batch

_MAGIC = b"Obj\x01"
_FRAME_BYTES = 5
_EVENTS_PER_BLOCK = 1_000
_SEQUENCE_FIELD = {
    "name": "lq_seq",
    "type": "long",
    "doc": "Sequence number of the event in its feed and partition.",
}


def encode(batch: Batch, name: str) -> bytes:
    """Return the file.

    The sync marker comes from the name, not from chance, and nothing is compressed: the same events
    give the same bytes whatever the versions of libraries.
    """
    marker = hashlib.sha256(name.encode()).digest()[:16]
    metadata = {"avro.codec": b"null", "avro.schema": schema_with_sequence(batch.schema).encode()}
    return b"".join((_MAGIC, _map(metadata), marker, *_blocks(batch, marker)))


def schema_with_sequence(schema: str) -> str:
    """Return the record schema with `lq_seq` as its last field."""
    record = json.loads(schema)
    record["fields"] = [*record["fields"], _SEQUENCE_FIELD]
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _blocks(batch: Batch, marker: bytes) -> Iterator[bytes]:
    for start in range(0, len(batch), _EVENTS_PER_BLOCK):
        chosen = slice(start, start + _EVENTS_PER_BLOCK)
        payloads, sequences = batch.payloads[chosen], batch.sequences[chosen]
        body = b"".join(
            payload[_FRAME_BYTES:] + _long(sequence)
            for payload, sequence in zip(payloads, sequences, strict=True)
        )
        yield _long(len(payloads)) + _long(len(body)) + body + marker


def _map(entries: dict[str, bytes]) -> bytes:
    """Encode an Avro map of bytes: one block of entries, then an empty one."""
    pairs = (_sized(key.encode()) + _sized(value) for key, value in entries.items())
    return _long(len(entries)) + b"".join(pairs) + _long(0)


def _sized(content: bytes) -> bytes:
    return _long(len(content)) + content


def _long(value: int) -> bytes:
    """Encode a number that is not negative as Avro's zig-zag variable-length long."""
    rest = value << 1
    encoded = bytearray()
    while rest > 0x7F:
        encoded.append((rest & 0x7F) | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)

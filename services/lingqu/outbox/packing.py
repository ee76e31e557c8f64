"""Events in one body of bytes: the length of each key and payload (uint32, LE), then those."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from lingqu.outbox.model import EncodedEvent

_LENGTH_BYTES = 4


def pack(events: Sequence[EncodedEvent]) -> bytes:
    """Return keys and payloads of the events, in order."""
    parts = [part for event in events for part in (event.key.encode(), event.payload)]
    return struct.pack(f"<{len(parts)}I", *map(len, parts)) + b"".join(parts)


def unpack(body: bytes, events: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield key and payload of each of that many events."""
    count = 2 * events
    lengths = struct.unpack_from(f"<{count}I", body)
    ends = accumulate(lengths, initial=count * _LENGTH_BYTES)
    parts = [body[start:end] for start, end in pairwise(ends)]
    return zip(parts[::2], parts[1::2], strict=True)

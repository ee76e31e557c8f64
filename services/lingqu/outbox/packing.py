"""Records in one body of bytes: the length of each key and payload (uint32, LE), then those."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise

Record = tuple[bytes, bytes]

_LENGTH_BYTES = 4


def pack(records: Sequence[Record]) -> bytes:
    """Return keys and payloads, in order."""
    parts = list(chain.from_iterable(records))
    return struct.pack(f"<{len(parts)}I", *map(len, parts)) + b"".join(parts)


def unpack(body: bytes, records: int) -> Iterator[Record]:
    """Yield key and payload of each of that many records."""
    count = 2 * records
    lengths = struct.unpack_from(f"<{count}I", body)
    ends = accumulate(lengths, initial=count * _LENGTH_BYTES)
    parts = [body[start:end] for start, end in pairwise(ends)]
    return zip(parts[::2], parts[1::2], strict=True)

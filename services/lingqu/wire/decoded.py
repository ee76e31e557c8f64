"""What comes out of decoding many events at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from lingqu.errors import Reason


@dataclass(frozen=True, slots=True)
class Decoded:
    """The good events as columns, and the reason of each refused one by its place in the input.

    `good` holds the places of the rows of `columns`, or is None where every event is good.
    `replaced` holds, by place, the canonical bytes of events that were legal Avro but not canonical
    (an array in several blocks): the columns are those of these bytes; framed where the input was.
    """

    columns: pa.RecordBatch
    good: list[int] | None = None
    refused: Mapping[int, Reason] = field(default_factory=dict)
    replaced: Mapping[int, bytes] = field(default_factory=dict)

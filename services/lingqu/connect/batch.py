"""What moves through the data plane: many events of one source partition, in parallel lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one lane that a sink delivers together, in source order.

    The lists run in parallel, one place an event. `payloads` are framed as the source had them
    (magic byte 0, schema id, Avro) but under the hub's own schema id; `schema` is the derived Avro
    schema of the view, which describes all of them. `columns()` decodes once, when first asked.
    """

    feed: str
    topic: str
    partition: int
    offsets: Sequence[int]
    sequences: Sequence[int]
    keys: Sequence[bytes | None]
    payloads: Sequence[bytes]
    schema: str
    decode: Callable[[], pa.RecordBatch]
    _columns: list[pa.RecordBatch] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.payloads)

    def columns(self) -> pa.RecordBatch:
        """Return the events as Arrow columns, in the field order of `schema`."""
        if not self._columns:
            self._columns.append(self.decode())
        return self._columns[0]

    @property
    def first_sequence(self) -> int:
        return self.sequences[0]

    @property
    def last_sequence(self) -> int:
        return self.sequences[-1]

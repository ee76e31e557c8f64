"""What moves through the data plane: many events of one source partition, in parallel lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from lingqu.connect.periods import Period


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one lane that a sink delivers together, in source order.

    The lists run in parallel, one place an event. `payloads` are framed as the source had them
    (magic byte 0, schema id, Avro) but under the hub's own schema id; `schema` is the derived Avro
    schema of the view, which describes all of them. `columns()` decodes once, when first asked.
    `period` is what the file they go into is of, where files are of periods.
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
    period: Period | None = None
    _columns: list[pa.RecordBatch] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.payloads)

    def columns(self) -> pa.RecordBatch:
        """Return the events as Arrow columns, in the field order of `schema`."""
        if not self._columns:
            self._columns.append(self.decode())
        return self._columns[0]

    def part(self, start: int, stop: int) -> Batch:
        """Return the events at the places from `start` up to `stop`."""
        return replace(
            self,
            offsets=self.offsets[start:stop],
            sequences=self.sequences[start:stop],
            keys=self.keys[start:stop],
            payloads=self.payloads[start:stop],
            decode=lambda: self.columns().slice(start, stop - start),
            _columns=[],
        )

    def at(self, places: Sequence[int]) -> Batch:
        """Return the events at these places, which are all different and in order."""
        chosen = pa.array(places, pa.int64())
        return replace(
            self,
            offsets=[self.offsets[place] for place in places],
            sequences=[self.sequences[place] for place in places],
            keys=[self.keys[place] for place in places],
            payloads=[self.payloads[place] for place in places],
            decode=lambda: self.columns().take(chosen),
            _columns=[],
        )

    def numbered(self, sequences: Sequence[int]) -> Batch:
        """Return the same events under other sequence numbers."""
        return replace(self, sequences=sequences)

    @property
    def first_sequence(self) -> int:
        return self.sequences[0]

    @property
    def last_sequence(self) -> int:
        return self.sequences[-1]

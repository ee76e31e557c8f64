"""What admission answers: what may be published, and why the rest may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from lingqu.errors import Reason


@dataclass(frozen=True, slots=True)
class EncodedRow:
    """One admitted row: its place in what was given, and the record to publish.

    `digest` names the content as it was given, apart from `event_id`: two rows of one id and two
    digests are not repeats of one event.
    """

    index: int
    event_id: str
    key: str
    payload: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Admitted:
    """Rows that were admitted, in the order given, and the reason for each that was not.

    `columns` holds what the accepted rows say, parallel to them. `origins` says for which region
    each refused row spoke; where that cannot be told, or is none that may speak here, it is the
    region that the gate admits.
    """

    accepted: Sequence[EncodedRow]
    refused: Mapping[int, Reason]
    columns: pa.RecordBatch
    origins: Mapping[int, str]

    def only(self, rows: Sequence[EncodedRow]) -> Admitted:
        """Return the same with only these of the accepted rows."""
        return Admitted(rows, self.refused, self._columns_of(rows), self.origins)

    def without(self, refused: Mapping[int, Reason]) -> Admitted:
        """Return the same with these of the accepted rows, by `index`, refused after all."""
        if not refused:
            return self
        left = [row for row in self.accepted if row.index not in refused]
        going = [row for row in self.accepted if row.index in refused]
        spoke = self._columns_of(going).column("origin").to_pylist()
        origins = dict(zip((row.index for row in going), spoke, strict=True))
        return Admitted(
            left,
            {**self.refused, **refused},
            self._columns_of(left),
            {**self.origins, **origins},
        )

    def _columns_of(self, rows: Sequence[EncodedRow]) -> pa.RecordBatch:
        if len(rows) == len(self.accepted):
            return self.columns
        if not rows:
            return self.columns.slice(0, 0)
        places = {row.index: place for place, row in enumerate(self.accepted)}
        return self.columns.take(pa.array([places[row.index] for row in rows], pa.int64()))


@dataclass(frozen=True, slots=True)
class AdmittedBatch:
    """Admitted payloads under the hub's schema id: parallel lists, in the order given.

    `columns` holds what they say, in no order; `origins` is as in Admitted.
    """

    indices: Sequence[int]
    keys: Sequence[bytes]
    payloads: Sequence[bytes]
    refused: Mapping[int, Reason]
    columns: Sequence[pa.RecordBatch]
    origins: Mapping[int, str]

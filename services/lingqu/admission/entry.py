"""The last step of every way in: checked columns become records of the hub's own topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import add

import pyarrow as pa

from lingqu.admission.checks import Checks, key_refusals, record_keys
from lingqu.errors import Reason
from lingqu.wire.codec import AvroCodec
from lingqu.wire.decoded import Decoded

# A broker refuses records above about 1 MB, and a refused one would stop the outbox for good.
MAX_EVENT_BYTES = 900_000
_TOO_LARGE = Reason(
    "too_large",
    f"the event and its key take over {MAX_EVENT_BYTES:,} bytes; divide it",
)


@dataclass(frozen=True, slots=True)
class Entered:
    """Who enters, by place (four lists in parallel), and who stays out and why."""

    places: Sequence[int]
    event_ids: Sequence[str]
    keys: Sequence[bytes]
    payloads: Sequence[bytes]
    refused: Mapping[int, Reason]

    def __iter__(self) -> Iterator[tuple[int, str, bytes, bytes]]:
        return zip(self.places, self.event_ids, self.keys, self.payloads, strict=True)


class Entry:
    """Judges columns in the contract's version and encodes those that may enter."""

    def __init__(
        self, codec: AvroCodec, schema_id: int, key: tuple[str, ...], checks: Checks
    ) -> None:
        self._codec = codec
        self._schema_id = schema_id
        self._key = key
        self._checks = checks

    def enter(
        self,
        decoded: Decoded,
        places: Sequence[int],
        known: frozenset[str],
        given: Sequence[bytes | None] | None = None,
    ) -> Entered:
        """Admit what was decoded; `places` and `given` keys run parallel to what went in.

        `known` are the writer's fields: a rule or key that needs another one cannot be judged.
        """
        refused = {places[row]: reason for row, reason in decoded.refused.items()}
        columns, good = decoded.columns, decoded.good
        if good is not None:
            places = [places[row] for row in good]
            given = None if given is None else [given[row] for row in good]
        offered = None if given is None else pa.array(given, pa.binary())
        keys = self._keys(columns, known, offered)
        failing = key_refusals(keys, offered) | self._checks.refusals(columns, known)
        refused.update((places[row], reason) for row, reason in failing.items())
        if failing:
            rows = pa.array([row for row in range(len(places)) if row not in failing], pa.int64())
            places = [places[row] for row in rows.to_pylist()]
            columns, keys = columns.take(rows), keys.take(rows)
        return self._encoded(columns, places, keys.to_pylist(), refused)

    def _encoded(
        self,
        columns: pa.RecordBatch,
        places: Sequence[int],
        keys: Sequence[bytes],
        refused: dict[int, Reason],
    ) -> Entered:
        payloads = self._codec.encode_framed(columns, self._schema_id)
        entered = Entered(places, columns.column("event_id").to_pylist(), keys, payloads, refused)
        sizes = map(add, map(len, payloads), map(len, keys))
        fits = [size <= MAX_EVENT_BYTES for size in sizes]
        if all(fits):
            return entered
        oversize = {place: _TOO_LARGE for place, fit in zip(places, fits, strict=True) if not fit}
        return Entered(
            list(compress(places, fits)),
            list(compress(entered.event_ids, fits)),
            list(compress(keys, fits)),
            list(compress(payloads, fits)),
            {**refused, **oversize},
        )

    def _keys(
        self, columns: pa.RecordBatch, known: frozenset[str], offered: pa.Array | None
    ) -> pa.Array:
        if known.issuperset(self._key):
            return record_keys(columns, self._key)
        return pa.nulls(len(columns), pa.binary()) if offered is None else offered

"""The last step of every way in: checked columns become records of the hub's own topic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
    """Who enters, by place (five lists in parallel), and who stays out, why, and from where.

    `origins` has the places whose events could be read and speak for a region admitted here.
    """

    places: Sequence[int]
    event_ids: Sequence[str]
    keys: Sequence[bytes]
    payloads: Sequence[bytes]
    columns: pa.RecordBatch
    refused: Mapping[int, Reason]
    origins: Mapping[int, str]

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
        origins = self._origins(columns, places, failing)
        if failing:
            rows = pa.array([row for row in range(len(places)) if row not in failing], pa.int64())
            places = [places[row] for row in rows.to_pylist()]
            columns, keys = columns.take(rows), keys.take(rows)
        entered = self._encoded(columns, places, keys.to_pylist())
        return replace(
            entered,
            refused={**refused, **entered.refused},
            origins={**origins, **entered.origins},
        )

    def _origins(
        self, columns: pa.RecordBatch, places: Sequence[int], rows: Iterable[int]
    ) -> dict[int, str]:
        """Return for whom these rows speak, as far as that may be said here."""
        failing = list(rows)
        if not failing:
            return {}
        spoken = columns.column("origin").take(pa.array(failing, pa.int64())).to_pylist()
        admits = self._checks.scope.admits
        return {
            places[row]: origin
            for row, origin in zip(failing, spoken, strict=True)
            if admits(origin)
        }

    def _encoded(
        self, columns: pa.RecordBatch, places: Sequence[int], keys: Sequence[bytes]
    ) -> Entered:
        payloads = self._codec.encode_framed(columns, self._schema_id)
        ids = columns.column("event_id").to_pylist()
        sizes = map(add, map(len, payloads), map(len, keys))
        fits = [size <= MAX_EVENT_BYTES for size in sizes]
        if all(fits):
            return Entered(places, ids, keys, payloads, columns, {}, {})
        oversize = [row for row, fit in enumerate(fits) if not fit]
        return Entered(
            list(compress(places, fits)),
            list(compress(ids, fits)),
            list(compress(keys, fits)),
            list(compress(payloads, fits)),
            columns.filter(pa.array(fits)),
            {places[row]: _TOO_LARGE for row in oversize},
            self._origins(columns, places, oversize),
        )

    def _keys(
        self, columns: pa.RecordBatch, known: frozenset[str], offered: pa.Array | None
    ) -> pa.Array:
        if known.issuperset(self._key):
            return record_keys(columns, self._key)
        return pa.nulls(len(columns), pa.binary()) if offered is None else offered

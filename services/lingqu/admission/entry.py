"""The last step of every way in: checked columns become records of the hub's own topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from lingqu.admission.checks import Checks, key_refusals, record_keys
from lingqu.errors import Reason
from lingqu.wire.codec import AvroCodec

# A broker refuses records above about 1 MB, and a refused record would stop the outbox for good.
MAX_EVENT_BYTES = 900_000
_TOO_LARGE = Reason(
    "too_large",
    f"the encoded event is above {MAX_EVENT_BYTES:,} bytes; divide it",
)


@dataclass(frozen=True, slots=True)
class Entered:
    """Rows by their place in the columns: four lists in parallel, and who stays out and why."""

    rows: Sequence[int]
    event_ids: Sequence[str]
    keys: Sequence[bytes]
    payloads: Sequence[bytes]
    refused: Mapping[int, Reason]


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
        self, columns: pa.RecordBatch, known: frozenset[str], given: pa.Array | None = None
    ) -> Entered:
        """Admit rows; `known` are the writer's fields, `given` the keys under which they came."""
        keys = self._keys(columns, known, given)
        refused = key_refusals(keys, given) | self._checks.refusals(columns, known)
        rows = list(range(len(columns)))
        if refused:
            rows = [row for row in rows if row not in refused]
            columns, keys = columns.take(pa.array(rows, pa.int64())), keys.take(rows)
        payloads = self._codec.encode_framed(columns, self._schema_id) if rows else []
        entered = Entered(
            rows, columns.column("event_id").to_pylist(), keys.to_pylist(), payloads, refused
        )
        oversize = [at for at, payload in enumerate(payloads) if len(payload) > MAX_EVENT_BYTES]
        return _without(entered, set(oversize)) if oversize else entered

    def _keys(
        self, columns: pa.RecordBatch, known: frozenset[str], given: pa.Array | None
    ) -> pa.Array:
        if known.issuperset(self._key):
            return record_keys(columns, self._key)
        return pa.nulls(len(columns), pa.binary()) if given is None else given


def _without(entered: Entered, oversize: set[int]) -> Entered:
    kept = [at for at in range(len(entered.rows)) if at not in oversize]
    return Entered(
        [entered.rows[at] for at in kept],
        [entered.event_ids[at] for at in kept],
        [entered.keys[at] for at in kept],
        [entered.payloads[at] for at in kept],
        {**entered.refused, **{entered.rows[at]: _TOO_LARGE for at in oversize}},
    )

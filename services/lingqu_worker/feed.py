"""What one agreement makes of consumed records: decode, filter, view, number."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.admission.region import RegionScope
from lingqu.agreements.needs import needed_schema
from lingqu.agreements.state import AgreementState
from lingqu.connect.batch import Batch
from lingqu.connect.binary import Binary
from lingqu.contracts.rules import Rule, compile_rule
from lingqu.errors import Reason, RetriableError
from lingqu.metrics import Metrics
from lingqu.wire.arrow_types import OPAQUE
from lingqu.wire.framing import group_by_schema
from lingqu.wire.registry import UnknownSchema
from lingqu.wire.schema_name import SchemaName
from lingqu_worker.metrics import VIEW_SECONDS
from lingqu_worker.records import Records
from lingqu_worker.schemas import Reader, Schemas
from lingqu_worker.views.view import View


@dataclass(frozen=True, slots=True)
class DeadEvent:
    """An event that cannot be delivered, by its place in the consumed records."""

    index: int
    sequence: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Staged:
    """Consumed records after the view: what goes out, what cannot, what is not for this partner."""

    batch: Batch
    dead: Sequence[DeadEvent]
    filtered: int
    foreign: int
    next_sequence: int


@dataclass(frozen=True, slots=True)
class _Part:
    """The events of one schema that go out, in four parallel sequences."""

    places: Sequence[int]
    columns: pa.RecordBatch
    payloads: Sequence[bytes]
    keys: Sequence[bytes | None]


class FeedStage:
    """Filter and view of one agreement version; numbers follow the filter, in offset order.

    Events of other origins than the hub's own are never forwarded (no echo), unless the agreement
    grants transit. What does not decode to its last byte is a dead letter with a number of its
    own, so that the partner can see that something is missing. Where the view discloses everything,
    bytes pass through as they are.
    """

    def __init__(
        self,
        state: AgreementState,
        own: RegionScope,
        schemas: Schemas,
        pseudonym_key: bytes,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics
        self._state = state
        self._own = own
        self._schemas = schemas
        self._view = View(state, schemas.codec(state.derived_schema), pseudonym_key)
        self._filter: Rule | None = (
            compile_rule("filter", state.filter) if state.filter is not None else None
        )
        filtered_by = self._filter.fields if self._filter else ()
        self._needed = needed_schema(state.schema, state.withheld, state.key, filtered_by)

    def apply(self, records: Records, first_sequence: int) -> Staged:
        """Return what the records become. Raises RetriableError while a schema is unknown."""
        started = time.thread_time()
        staged = self._staged(records, first_sequence)
        if self._metrics is not None:
            seconds = time.thread_time() - started
            self._metrics.inc(VIEW_SECONDS, seconds, feed=self._state.feed)
        return staged

    def _staged(self, records: Records, first_sequence: int) -> Staged:
        grouped = group_by_schema(records.values)
        records = replace(records, values=Binary.of(grouped.payloads))
        dead: dict[int, Reason] = dict(grouped.refused)
        parts: list[_Part] = []
        filtered = foreign = 0
        for name, places in grouped.ids.items():
            part, refused, strange = self._part(records, name, places)
            dead.update(refused)
            parts.append(part)
            foreign += strange
            filtered += len(places) - len(refused) - strange - len(part.places)
        return self._numbered(records, parts, dead, first_sequence, filtered, foreign)

    def _part(
        self, records: Records, name: SchemaName, places: Sequence[int]
    ) -> tuple[_Part, Mapping[int, Reason], int]:
        reader = self._reader(records, name, places)
        decoded = reader.decode(list(records.values.at(places)))
        columns = decoded.columns
        refused = {places[row]: reason for row, reason in decoded.refused.items()}
        good = places if decoded.good is None else [places[row] for row in decoded.good]
        mine = self._of_own_origin(columns)
        passing = self._passing(columns, mine, reader)
        kept = _selected(good, passing)
        shown = columns if len(kept) == len(columns) else columns.filter(passing)
        payloads: Sequence[bytes] = records.values.at(kept)
        keys: Sequence[bytes | None] = records.keys.at(kept)
        if not self._state.discloses_all or reader.resolver is not None:
            made = self._view.keys(shown)
            keys = keys if made is None else made
            shown, payloads = self._view.apply(shown, reader.reads)
        strange = len(columns) - mine.true_count
        return _Part(kept, shown, payloads, keys), refused, strange

    def _passing(self, columns: pa.RecordBatch, mine: pa.Array, reader: Reader) -> pa.Array:
        """Return which rows are of own origin and pass the filter: null and error do not."""
        if self._filter is None:
            return mine
        if not any(columns.field(name).metadata == OPAQUE for name in self._filter.fields):
            return pc.and_(mine, self._filter.passes(columns))
        events = reader.reads.decode_rows(reader.reads.encode(columns))
        return pc.and_(mine, self._filter.passes_events(events))

    def _reader(self, records: Records, name: SchemaName, places: Sequence[int]) -> Reader:
        try:
            return self._schemas.reader(name, self._state.schema, self._needed)
        except UnknownSchema as error:
            raise RetriableError(
                f"topic {records.topic!r}, partition {records.partition}, offset "
                f"{records.offsets[places[0]]}: {error}; the lane waits for it"
            ) from error

    def _of_own_origin(self, columns: pa.RecordBatch) -> pa.Array:
        if self._state.transit:
            return pa.repeat(pa.scalar(value=True), len(columns))
        origins = columns.column("origin").dictionary_encode()
        admitted = [self._own.admits(origin) for origin in origins.dictionary.to_pylist()]
        return pa.array(admitted, pa.bool_()).take(origins.indices)

    def _no_part(self) -> _Part:
        """Return columns without a row: a file that is empty has them too."""
        return _Part([], self._schemas.codec(self._state.derived_schema).decode([]).columns, [], [])

    def _numbered(
        self,
        records: Records,
        parts: Sequence[_Part],
        dead: Mapping[int, Reason],
        first_sequence: int,
        filtered: int,
        foreign: int,
    ) -> Staged:
        part = _in_order(parts) if parts else self._no_part()
        count = len(part.places) + len(dead)
        sequences, dead_sequences = _numbers(part.places, dead, first_sequence)
        batch = Batch(
            feed=self._state.feed,
            topic=records.topic,
            partition=records.partition,
            offsets=_at(records.offsets, part.places),
            sequences=sequences,
            keys=part.keys,
            payloads=part.payloads,
            schema=self._state.derived_schema,
            decode=lambda: part.columns,
        )
        dead_events = [
            DeadEvent(place, dead_sequences[place], dead[place]) for place in sorted(dead)
        ]
        return Staged(batch, dead_events, filtered, foreign, first_sequence + count)


def _at(offsets: Sequence[int], places: Sequence[int]) -> Sequence[int]:
    """Return the offsets at those places."""
    return offsets if len(places) == len(offsets) else [offsets[place] for place in places]


def _selected(places: Sequence[int], passing: pa.BooleanArray) -> Sequence[int]:
    """Return the places whose row passes."""
    if passing.true_count == len(passing):
        return places
    return [places[row] for row in pc.indices_nonzero(passing).to_pylist()]


def _numbers(
    places: Sequence[int], dead: Mapping[int, Reason], first: int
) -> tuple[Sequence[int], Mapping[int, int]]:
    """Return consecutive numbers, in place order: those that go out, and the dead by place."""
    if not dead:
        return range(first, first + len(places)), {}
    of = {place: first + n for n, place in enumerate(sorted([*places, *dead]))}
    return [of[place] for place in places], {place: of[place] for place in sorted(dead)}


def _in_order(parts: Sequence[_Part]) -> _Part:
    """Return the parts of several schema ids as one, in the order they were consumed."""
    if len(parts) == 1:
        return parts[0]
    places = [place for part in parts for place in part.places]
    order = sorted(range(len(places)), key=places.__getitem__)
    payloads = [payload for part in parts for payload in part.payloads]
    keys = [key for part in parts for key in part.keys]
    # Writers' schemas differ in what may be null; the columns are the same.
    first, *others = (part.columns for part in parts)
    alike = [first, *(other.cast(first.schema) for other in others)]
    table = pa.Table.from_batches(alike).combine_chunks()
    batches = table.take(pa.array(order, pa.int64())).combine_chunks().to_batches()
    return _Part(
        [places[place] for place in order],
        batches[0] if batches else first,
        [payloads[place] for place in order],
        [keys[place] for place in order],
    )

"""Columns of admitted events, counted by what they say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, product, repeat

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.quality.score import Score
from lingqu.quality.yardstick import Yardstick
from lingqu.wire.arrow_types import OPAQUE

# How many bytes Avro takes for null in a union, and for an empty map.
_NOTHING_IN_AVRO = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """Events that were admitted at one moment, in milliseconds since 1970."""

    at_ms: int
    columns: pa.RecordBatch


@dataclass(frozen=True, slots=True)
class _Group:
    """Events of one origin, change and mode: a run of them once they are in order."""

    origin: str
    change: str
    mode: str
    start: int
    events: int


def fold(yardstick: Yardstick, taken: Sequence[Taken], score_of: Callable[[str], Score]) -> None:
    """Add admitted events to the scores of their origins."""
    events = taken[0].columns
    if len(taken) > 1:
        batches = [each.columns for each in taken]
        (events,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
    order, groups = _grouped(events)
    scores = {group.origin: score_of(group.origin) for group in groups}
    for group in groups:
        score = scores[group.origin]
        score.accepted += group.events
        score.changes[group.change] += group.events
    if yardstick.deadline_s is not None:
        live = [group for group in groups if group.mode == "live"]
        on_time = _counts(_on_time(yardstick.deadline_s * 1000, taken, events), order, live)
        for group, count in zip(live, on_time, strict=True):
            scores[group.origin].timed += group.events
            scores[group.origin].on_time += count
    asked = [group for group in groups if group.change != "withdrawal"]
    there = set(events.schema.names)
    for name in chain(yardstick.sized, yardstick.nullable):
        if name not in there:
            continue
        filled = _counts(_filled(events, name, sized=name in yardstick.sized), order, asked)
        for group, count in zip(asked, filled, strict=True):
            scores[group.origin].asked[name] += group.events
            scores[group.origin].filled[name] += count


def origins_of(columns: pa.RecordBatch) -> list[tuple[str, int]]:
    """Return how many events speak for each origin."""
    counted = columns.column("origin").value_counts().to_pylist()
    return [(each["values"], each["counts"]) for each in counted]


def _grouped(events: pa.RecordBatch) -> tuple[pa.Array | None, list[_Group]]:
    """Return the groups, and the order in which each is one run: None where they are so already."""
    known: list[list[str]] = []
    codes: pa.Array | None = None
    for name in ("origin", "change", "mode"):
        values, places = _told_apart(events.column(name))
        known.append(values)
        if codes is not None:
            codes = pc.multiply(codes, len(values))
        if places is not None:
            codes = places if codes is None else pc.add(codes, places)
    kinds = list(product(*known))
    if codes is None:
        return None, [_group(kinds[0], 0, len(events))]
    counted = {each["values"]: each["counts"] for each in codes.value_counts().to_pylist()}
    lengths = [counted[code] for code in sorted(counted)]
    starts = accumulate(lengths, initial=0)
    places = zip(sorted(counted), starts, lengths, strict=False)
    groups = [_group(kinds[code], start, length) for code, start, length in places]
    return pc.array_sort_indices(codes), groups


def _group(kind: Sequence[str], start: int, events: int) -> _Group:
    origin, change, mode = kind
    return _Group(origin, change, mode, start, events)


def _told_apart(column: pa.Array) -> tuple[list[str], pa.Array | None]:
    """Return the values, and for each event its value's place: None where there is but one."""
    if pc.all(pc.equal(column, column[0])).as_py():
        return [column[0].as_py()], None
    encoded = column.dictionary_encode()
    values: list[str] = encoded.dictionary.to_pylist()
    return values, encoded.indices.cast(pa.int64())


def _counts(
    flags: pa.Array | None, order: pa.Array | None, groups: Sequence[_Group]
) -> Iterator[int]:
    """Return how many flags are set in each group; None are no flags at all."""
    if flags is None:
        return repeat(0, len(groups))
    if flags.true_count == len(flags):
        return (group.events for group in groups)
    ordered = flags if order is None else flags.take(order)
    return (ordered.slice(group.start, group.events).true_count for group in groups)


def _on_time(allowed_ms: int, taken: Sequence[Taken], events: pa.RecordBatch) -> pa.Array:
    since: object = taken[0].at_ms - allowed_ms
    if len(taken) > 1:
        runs = (repeat(each.at_ms - allowed_ms, len(each.columns)) for each in taken)
        since = pa.array(list(chain.from_iterable(runs)), pa.int64())
    return pc.greater_equal(events.column("occurred_at").cast(pa.int64()), since)


def _filled(events: pa.RecordBatch, name: str, *, sized: bool) -> pa.Array | None:
    column = events.column(name)
    if column.null_count == len(column):
        return None
    opaque = events.schema.field(name).metadata == OPAQUE
    if not sized and not opaque:
        return column.is_valid()
    is_list = pa.types.is_list(column.type)
    length = pc.list_value_length(column) if is_list else pc.binary_length(column)
    return pc.greater(length, _NOTHING_IN_AVRO if opaque else 0)

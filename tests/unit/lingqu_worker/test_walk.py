"""The way through a taken batch: every event is put, queued or left for later, in order."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from lingqu.connect.binary import Binary
from lingqu.connect.samples import SCHEMA, Lane, batch_of
from lingqu_worker.feed import Staged
from lingqu_worker.parking import ParkedEvent, Parking
from lingqu_worker.records import Records
from lingqu_worker.retry import Schedule
from lingqu_worker.walk import Walk

LANE = Lane("feed", "trial.reading.v1")


def walk_of(keys: Sequence[bytes | None], passing: Sequence[int] | None = None) -> Walk:
    """Return a walk over events at even offsets, of which the filter let `passing` through."""
    offsets = [100 + 2 * place for place in range(len(keys))]
    values = [b"source %d" % place for place in range(len(keys))]
    records = Records("trial", 0, offsets, Binary.of(list(keys)), Binary.of(values))
    places = list(range(len(keys))) if passing is None else list(passing)
    row = {"event_id": "e", "occurred_at": 0, "meter": "", "level": None, "parts": []}
    sequences = range(7, 7 + len(places))
    shown = batch_of(LANE, SCHEMA, [row] * len(places), sequences, [keys[p] for p in places])
    batch = shown.part(0, len(places))
    object.__setattr__(batch, "offsets", [offsets[place] for place in places])
    return Walk(records, Staged(batch, [], 0, 0, 7 + len(places)), now_ms=1)


def lot(*keys: bytes, bound: int = 1_000) -> Parking:
    parking = Parking(bound, 1, Schedule())
    for number, key in enumerate(keys):
        parking.add(ParkedEvent(number, number - 100, key, b"", 0))
    return parking


def test_a_batch_is_cut_into_puts_of_the_limit() -> None:
    walk, sizes = walk_of([b"a"] * 10), []
    while not walk.over:
        put = walk.next_put(4, lot())
        sizes.append(list(put.batch.sequences))
        walk.pass_by(put)
    assert sizes == [[7, 8, 9, 10], [11, 12, 13, 14], [15, 16]]
    assert (walk.next_offset, walk.next_sequence) == (119, 17)


def test_events_of_parked_keys_queue_and_do_not_count_as_put() -> None:
    put = walk_of([b"a", b"b", b"a", None, b"b", b"c"]).next_put(2, lot(b"a"))
    assert list(put.batch.sequences) == [8, 10]
    assert [event.sequence for event in put.queued] == [7, 9]
    assert put.stop == 4


def test_half_way_the_walk_says_where_to_go_on() -> None:
    walk = walk_of([b"a"] * 6, passing=[1, 4, 5])
    walk.pass_by(walk.next_put(1, lot()))
    assert (walk.next_offset, walk.next_sequence) == (108, 8)


def test_an_event_is_parked_as_the_source_has_it() -> None:
    walk = walk_of([b"a"] * 6, passing=[1, 4, 5])
    event = walk.next_put(3, lot()).event(1)
    assert (event.offset, event.sequence, event.value) == (108, 8, b"source 4")


def test_no_more_is_put_than_may_all_have_to_be_parked() -> None:
    put = walk_of([b"a", b"b", b"b", b"b"]).next_put(500, lot(b"a", bound=3))
    assert len(put.batch) + len(put.queued) == 2


KEYS = st.lists(st.sampled_from([b"a", b"b", b"c", None]), max_size=30)


@given(KEYS, st.sets(st.sampled_from([b"a", b"b"])), st.integers(1, 7))
def test_every_event_is_dealt_with_once_and_in_order(
    keys: list[bytes | None], waiting: set[bytes], limit: int
) -> None:
    walk, parking = walk_of(keys), lot(*sorted(waiting))
    put_numbers, queued_numbers = [], []
    while not walk.over:
        put = walk.next_put(limit, parking)
        put_numbers += list(put.batch.sequences)
        queued_numbers += [event.sequence for event in put.queued]
        walk.pass_by(put)
    expected: dict[bool, list[int]] = {True: [], False: []}
    for place, key in enumerate(keys):
        expected[key in waiting].append(7 + place)
    assert (queued_numbers, put_numbers) == (expected[True], expected[False])

from __future__ import annotations

from lingqu.connect.api import Batching
from lingqu.connect.binary import Binary
from lingqu_worker.batches import Buffer
from lingqu_worker.records import Records


def records(first: int, count: int) -> Records:
    offsets = list(range(first, first + count))
    return Records("t", 0, offsets, Binary.of([None] * count), Binary.of([b""] * count))


def test_a_batch_is_cut_at_the_size_the_sink_wants() -> None:
    buffer = Buffer(Batching(max_events=5))
    buffer.offer(records(0, 3))
    buffer.offer(records(3, 4))
    taken = [buffer.take(0) for _ in range(3)]
    assert [list(part.offsets) if part else None for part in taken] == [
        [0, 1, 2, 3, 4],
        [5, 6],
        None,
    ]


def test_one_full_put_is_not_kept_waiting_for_more() -> None:
    buffer = Buffer(Batching(max_events=100, max_wait_s=60, max_put=5))
    buffer.offer(records(0, 7))
    taken = buffer.take(0)
    assert taken is not None
    assert len(taken) == 7


def test_a_range_to_redo_is_given_whole_or_not_at_all() -> None:
    buffer = Buffer(Batching(max_events=100))
    buffer.offer(records(0, 3))
    assert buffer.take_until(5, 0) is None
    buffer.offer(records(3, 4))
    taken = buffer.take_until(5, 0)
    assert taken is not None
    assert list(taken.offsets) == [0, 1, 2, 3, 4]
    rest = buffer.take(0)
    assert rest is not None
    assert list(rest.offsets) == [5, 6]


def test_a_range_to_redo_may_end_between_records() -> None:
    buffer = Buffer(Batching(max_events=100))
    buffer.offer(Records("t", 0, [0, 1, 7], Binary.of([None] * 3), Binary.of([b""] * 3)))
    taken = buffer.take_until(4, 0)
    assert taken is not None
    assert list(taken.offsets) == [0, 1]


def test_a_closed_buffer_gives_nothing() -> None:
    buffer = Buffer(Batching(max_events=1))
    buffer.offer(records(0, 3))
    buffer.close()
    assert buffer.take(0) is None


def test_two_batches_waiting_are_enough() -> None:
    buffer = Buffer(Batching(max_events=2))
    buffer.offer(records(0, 3))
    assert not buffer.full
    buffer.offer(records(3, 1))
    assert buffer.full

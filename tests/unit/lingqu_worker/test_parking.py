"""Parked keys: what waits behind what, when it is due, and what is to be made durable."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_worker.parking import ParkedEvent, Parking
from lingqu_worker.retry import Schedule

HOUR_MS = 3_600_000


def parked(sequence: int, key: bytes | None = b"k", value: bytes = b"v") -> ParkedEvent:
    return ParkedEvent(sequence + 100, sequence, key, value, since_ms=1_000 + sequence)


def parking(bound: int = 100, *delays_s: float) -> Parking:
    return Parking(bound, 1, Schedule(delays_s or (10.0, 20.0)))


def with_failed_head(lot: Parking, *events: ParkedEvent) -> Parking:
    for event in events:
        lot.add(event)
    lot.postpone(events[0], now_ms=0, asked_s=None)
    return lot


def test_later_events_of_a_key_wait_behind_the_one_that_failed() -> None:
    lot = with_failed_head(parking(), parked(1), parked(2), parked(5))
    assert lot.holds(b"k")
    assert not lot.holds(b"other")
    assert not lot.due(9_000)
    assert lot.take_due(12_000, 10) == [parked(1)]


def test_when_the_first_is_settled_those_behind_it_are_released_in_order() -> None:
    lot = with_failed_head(parking(), parked(1), parked(2), parked(5))
    lot.settle(parked(1))
    assert lot.take_due(0, 10) == [parked(2), parked(5)]
    assert lot.take_due(0, 1) == [parked(2)]
    lot.settle(parked(2))
    lot.settle(parked(5))
    assert not lot.holds(b"k")
    assert len(lot) == 0


def test_events_without_a_key_are_parked_alone() -> None:
    lot = with_failed_head(parking(), parked(1, None))
    lot.add(parked(2, None))
    assert not lot.holds(None)
    assert lot.take_due(0, 10) == [parked(2, None)]


def test_the_schedule_counts_the_attempts_of_the_first_event_and_ends() -> None:
    lot = with_failed_head(parking(), parked(1), parked(2))
    assert lot.postpone(parked(1), 11_000, None)
    assert not lot.due(30_000)
    assert lot.due(34_000)
    assert not lot.postpone(parked(1), 34_000, None)
    lot.settle(parked(1))
    assert lot.postpone(parked(2), 34_000, None), "the next one has a schedule of its own"


def test_a_retry_after_is_a_lower_bound() -> None:
    lot = parking()
    lot.add(parked(1))
    lot.postpone(parked(1), 0, 3_600.0)
    assert not lot.due(HOUR_MS - 1)
    assert lot.due(HOUR_MS)


@pytest.mark.parametrize("partitions", [1, 3])
def test_no_more_than_the_bound_of_the_feed_is_parked_over_its_partitions(partitions: int) -> None:
    lot = Parking(30, partitions, Schedule())
    for sequence in range(30 // partitions):
        assert lot.room == 30 // partitions - sequence
        lot.add(parked(sequence))
    assert lot.room == 0


def test_large_events_fill_it_sooner() -> None:
    lot = Parking(1_000_000, 1, Schedule())
    for sequence in range(64):
        assert lot.room > 0
        lot.add(parked(sequence, value=bytes(1024 * 1024)))
    assert lot.room == 0


def test_a_status_tells_events_keys_age_and_next_try() -> None:
    lot = with_failed_head(parking(), parked(3), parked(4))
    lot.add(parked(2, b"other"))
    status = lot.status()
    assert (status.events, status.keys, status.oldest_ms) == (3, 2, 1_002)
    assert status.next_ms == 0


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "settle", "postpone", "save"]), st.integers(0, 3)),
    max_size=60,
)


@given(STEPS)
def test_what_was_made_durable_restores_just_what_was_parked(
    steps: list[tuple[str, int]],
) -> None:
    lot, stored = parking(1_000), {}
    in_order: dict[bytes, list[int]] = defaultdict(list)
    for number, (step, which) in enumerate(steps):
        key = b"k%d" % which
        if step == "add":
            lot.add(parked(number, key))
            in_order[key].append(number)
        elif step == "save":
            for change in lot.changes():
                stored[change.event.sequence] = change
            lot.saved()
        elif in_order[key]:
            first = parked(in_order[key][0], key)
            if step == "settle" or not lot.postpone(first, number, None):
                lot.settle(first)
                in_order[key].pop(0)
    stored |= {change.event.sequence: change for change in lot.changes()}
    other = parking(1_000)
    other.restore(change for change in reversed(stored.values()) if change.stays)
    assert other.status() == lot.status()
    assert other.take_due(HOUR_MS, 1_000) == lot.take_due(HOUR_MS, 1_000)
    assert len(other) == sum(map(len, in_order.values()))

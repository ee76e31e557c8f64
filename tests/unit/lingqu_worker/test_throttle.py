"""A feed goes as fast as its agreement says, over all lanes and workers, and no slower."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.agreements import agreement_state
from tests.support.builders import contract_folder
from tests.support.clock import FakeClock

from lingqu.agreements.model import Limits
from lingqu.agreements.state import AgreementState
from lingqu.connect.api import Batching
from lingqu.connect.batch import Batch
from lingqu.connect.samples import Lane, sample_batch
from lingqu.contracts.loader import load_catalogue
from lingqu.metrics import Metrics
from lingqu_worker.metrics import THROTTLED_SECONDS
from lingqu_worker.throttle import Throttle, ThrottledError, Throttles, held

PARTITIONS = 4
LANES = [object() for _ in range(PARTITIONS)]
TEN = sample_batch(Lane("partner-a", "trial.reading.v1"), 1, 10)
TEN_BYTES = sum(map(len, TEN.payloads))


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def throttles(clock: FakeClock, metrics: Metrics) -> Throttles:
    return Throttles(clock, metrics)


@pytest.fixture
def state(tmp_path: Path) -> AgreementState:
    contract = load_catalogue(contract_folder(tmp_path, "demo.reading", partitions=PARTITIONS))
    return agreement_state(contract.contract("demo.reading"))


def limited(state: AgreementState, **limits: int) -> AgreementState:
    terms = replace(state.delivery, limits=Limits.model_validate(limits))
    return replace(state, delivery=terms)


def joined(throttle: Throttle, lanes: int = PARTITIONS) -> Throttle:
    for partition in range(lanes):
        throttle.join(LANES[partition], partition)
    return throttle


def put(throttle: Throttle, lane: object, batch: Batch = TEN) -> None:
    throttle.enter(lane)
    throttle.spend(lane, batch)
    throttle.leave(lane)


def puts(throttle: Throttle, clock: FakeClock, seconds: float, lanes: int = PARTITIONS) -> int:
    """Return how many puts come about in that time, with every lane asking all the time."""
    done, until = 0, clock.monotonic() + seconds
    while clock.monotonic() < until:
        for lane in LANES[:lanes]:
            try:
                put(throttle, lane)
            except ThrottledError:
                continue
            done += 1
        clock.advance(0.01)
    return done


@pytest.mark.parametrize(
    "limits",
    [
        {"events_per_s": 50},
        {"bytes_per_s": 5 * TEN_BYTES},
        {"events_per_s": 50, "bytes_per_s": 10**9},
    ],
    ids=["events", "bytes", "the tighter of both"],
)
def test_all_lanes_together_keep_the_rate_and_use_it_up(
    limits: dict[str, int], throttles: Throttles, state: AgreementState, clock: FakeClock
) -> None:
    throttle = joined(throttles.of(limited(state, **limits)))
    assert 5 * 20 - 6 <= puts(throttle, clock, 20) <= 5 * 20 + 1


def test_a_worker_has_the_share_of_its_partitions(
    throttles: Throttles, state: AgreementState, clock: FakeClock
) -> None:
    throttle = joined(throttles.of(limited(state, events_per_s=50)), lanes=1)
    quarter = 5 * 20 // PARTITIONS
    assert quarter - 3 <= puts(throttle, clock, 20, lanes=1) <= quarter + 1
    throttle.join(LANES[1], 1)
    throttle.join(object(), 1)  # an order's lane beside the feed's own
    assert quarter + 5 <= puts(throttle, clock, 20, lanes=1) <= 2 * quarter + 1
    throttle.part(LANES[0])
    throttle.part(LANES[0])
    assert puts(throttle, clock, 20, lanes=1) <= quarter + 1


def test_nothing_is_saved_up_at_rest(
    throttles: Throttles, state: AgreementState, clock: FakeClock
) -> None:
    throttle = joined(throttles.of(limited(state, events_per_s=50)))
    clock.advance(3_600)
    put(throttle, LANES[0])
    with pytest.raises(ThrottledError, match=r"events_per_s: 50\): on in 0\.2 s") as refused:
        put(throttle, LANES[1])
    assert refused.value.retry_after_s == pytest.approx(0.2)


def test_so_many_lanes_call_at_the_same_time(throttles: Throttles, state: AgreementState) -> None:
    throttle = joined(throttles.of(limited(state, requests=2)))
    throttle.enter(LANES[0])
    throttle.spend(LANES[0], TEN)
    throttle.enter(LANES[0])  # goes on: it has its place
    throttle.enter(LANES[1])
    for lane in LANES[2:]:
        with pytest.raises(ThrottledError, match="requests: 2"):
            throttle.enter(lane)
    throttle.leave(LANES[0])
    throttle.enter(LANES[3])


def test_a_turn_that_was_given_is_not_taken_back(
    throttles: Throttles, state: AgreementState
) -> None:
    throttle = joined(throttles.of(limited(state, events_per_s=1)))
    throttle.enter(LANES[0])
    throttle.enter(LANES[1])
    throttle.spend(LANES[1], TEN)
    throttle.enter(LANES[0])
    throttle.spend(LANES[0], TEN)
    with pytest.raises(ThrottledError, match="on in 20"):
        throttle.enter(LANES[0])


def test_neighbours_and_feeds_without_limits_are_not_held(
    throttles: Throttles, state: AgreementState, clock: FakeClock
) -> None:
    slow = joined(throttles.of(limited(state, events_per_s=1)))
    put(slow, LANES[0])
    neighbour = throttles.of(limited(replace(state, feed="other"), events_per_s=1_000))
    free = joined(throttles.of(replace(state, feed="free")))
    put(joined(neighbour), LANES[1])
    assert puts(free, clock, 1) == PARTITIONS * 100


def test_the_time_that_lanes_wait_is_counted(
    throttles: Throttles, state: AgreementState, clock: FakeClock, metrics: Metrics
) -> None:
    throttle = joined(throttles.of(limited(state, events_per_s=50)))
    put(throttle, LANES[0])
    for _ in range(3):
        with pytest.raises(ThrottledError):
            throttle.enter(LANES[0])
        clock.advance(0.06)
    assert metrics.value(THROTTLED_SECONDS, feed=state.feed) == pytest.approx(0.12)
    clock.advance(0.03)
    throttle.enter(LANES[0])
    assert metrics.value(THROTTLED_SECONDS, feed=state.feed) == pytest.approx(0.21)


def test_new_terms_have_a_new_throttle(throttles: Throttles, state: AgreementState) -> None:
    slow, fast = limited(state, events_per_s=1), limited(state, events_per_s=9)
    first = throttles.of(slow)
    assert throttles.of(replace(slow, version=2)) is first
    assert throttles.of(fast) is not first


@pytest.mark.parametrize(
    ("limits", "batching", "cut"),
    [
        ({"events_per_s": 400}, Batching(20_000), Batching(100)),
        ({"events_per_s": 2}, Batching(20_000), Batching(1)),
        ({"events_per_s": 10**9}, Batching(20_000), Batching(20_000)),
        ({"bytes_per_s": 409_600}, Batching(20_000), Batching(100)),
        ({"bytes_per_s": 10}, Batching(20_000), Batching(1)),
        ({"events_per_s": 400}, Batching(5_000, max_put=500), Batching(100, max_put=100)),
        ({"requests": 1}, Batching(5_000, max_put=500), Batching(5_000, max_put=500)),
    ],
    ids=str,
)
def test_lanes_bring_a_seconds_worth_at_a_time(
    state: AgreementState, limits: dict[str, Any], batching: Batching, cut: Batching
) -> None:
    assert held(batching, limited(state, **limits)) == cut


def test_what_is_not_limited_is_not_cut(state: AgreementState) -> None:
    batching = Batching(20_000, max_put=500)
    assert held(batching, state) is batching

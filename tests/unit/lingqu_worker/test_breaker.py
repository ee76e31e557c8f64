"""A partner that is away is asked by one call at a time, and all go on when it is back."""

from __future__ import annotations

import pytest
from tests.support.clock import FakeClock

from lingqu.agreements.model import Limits
from lingqu.errors import LingquError, PermanentError, RetriableError, UnavailableError
from lingqu_worker.breaker import Breaker, Breakers, PartnerRestsError
from lingqu_worker.gate import GateClosedError
from lingqu_worker.pace import OwnTroubleError, Pace, PartnerFailedError, own
from lingqu_worker.throttle import Throttle

LANES = [object() for _ in range(3)]


@pytest.fixture
def breaker(clock: FakeClock) -> Breaker:
    return Breaker("partner-52", clock)


def pace(breaker: Breaker, clock: FakeClock) -> Pace:
    return Pace(breaker, Throttle(Limits(), 1, clock, lambda _: None), clock)


def fail(lane: Pace, *, opening: bool = False) -> None:
    with pytest.raises(PartnerFailedError, match="answered 500"), lane.calling(opening=opening):
        raise RetriableError("answered 500")


def opened(breaker: Breaker) -> Breaker:
    for _ in range(5):
        breaker.failed(LANES[0], "answered 500")
    return breaker


def test_it_stays_closed_while_others_get_through(breaker: Breaker) -> None:
    for _ in range(20):
        for _ in range(4):
            breaker.failed(LANES[0], "answered 500")
        breaker.succeeded(LANES[1])
    breaker.enter(LANES[0])
    assert breaker.status().state == "closed"


def test_five_failures_in_a_row_over_all_lanes_open_it(breaker: Breaker) -> None:
    for failure in range(4):
        breaker.failed(LANES[failure % 3], "answered 500")
        breaker.enter(LANES[0])
    breaker.failed(LANES[2], "answered 502")
    with pytest.raises(PartnerRestsError, match=r"'partner-52' is left alone.*answered 502"):
        breaker.enter(LANES[1])
    assert breaker.status().state == "open"


def test_when_its_time_has_come_one_lane_probes_and_the_others_wait(
    breaker: Breaker, clock: FakeClock
) -> None:
    opened(breaker)
    clock.advance(1.01)
    breaker.enter(LANES[0])
    breaker.enter(LANES[0])
    with pytest.raises(PartnerRestsError, match="another lane is asking"):
        breaker.enter(LANES[1])
    assert breaker.status().state == "half_open"


def test_the_probes_success_closes_it_for_all(breaker: Breaker, clock: FakeClock) -> None:
    opened(breaker)
    clock.advance(1.01)
    breaker.enter(LANES[0])
    breaker.succeeded(LANES[0])
    for lane in LANES:
        breaker.enter(lane)
    assert (breaker.status().state, breaker.recoveries) == ("closed", 1)


def test_each_failed_probe_makes_the_rest_longer_up_to_a_minute(
    breaker: Breaker, clock: FakeClock
) -> None:
    opened(breaker)
    rests = []
    for _ in range(9):
        rests.append(breaker.status().again_in_s)
        clock.advance(rests[-1] + 0.1)
        breaker.enter(LANES[1])
        breaker.failed(LANES[1], "answered 500")
    assert rests[0] <= 1.0
    assert rests[3] > rests[0]
    assert 30 <= rests[-1] <= 60


def test_a_probe_that_was_not_used_is_the_next_lanes(breaker: Breaker, clock: FakeClock) -> None:
    opened(breaker)
    clock.advance(1.01)
    breaker.enter(LANES[0])
    breaker.leave(LANES[0])
    breaker.enter(LANES[1])
    breaker.leave(LANES[0])
    with pytest.raises(PartnerRestsError):
        breaker.enter(LANES[2])


def test_a_partner_that_asks_for_time_gets_it_from_all_lanes(
    breaker: Breaker, clock: FakeClock
) -> None:
    breaker.failed(LANES[0], "answered 429", 30.0)
    clock.advance(29)
    for lane in LANES:
        with pytest.raises(PartnerRestsError):
            breaker.enter(lane)
    clock.advance(1.1)
    breaker.enter(LANES[2])


def test_partners_have_breakers_of_their_own_and_lanes_share_one(clock: FakeClock) -> None:
    breakers = Breakers(clock)
    assert breakers.of("partner-52", "http-sink") is breakers.of("partner-52", "http-sink")
    opened(breakers.of("partner-52", "http-sink"))
    breakers.of("partner-36", "http-sink").enter(LANES[0])
    assert {status.partner: status.state for _, status in breakers.statuses()} == {
        "partner-52": "open",
        "partner-36": "closed",
    }


def test_a_lane_backs_off_alone_and_goes_on_at_once_when_the_partner_is_back(
    breaker: Breaker, clock: FakeClock
) -> None:
    slow, other = pace(breaker, clock), pace(breaker, clock)
    for _ in range(10):
        fail(slow)
    clock.advance(1.01)
    other.take_turn()
    with pytest.raises(PartnerRestsError, match="the same again in"):
        slow.take_turn()
    other.succeeded()
    slow.take_turn()


def test_a_lane_waits_longer_after_each_failure_while_the_others_get_through(
    breaker: Breaker, clock: FakeClock
) -> None:
    slow, other = pace(breaker, clock), pace(breaker, clock)
    waits = []
    for _ in range(6):
        fail(slow)
        other.succeeded()
        waits.append(0.0)
        while True:
            try:
                slow.take_turn()
            except PartnerRestsError:
                clock.advance(0.1)
                waits[-1] += 0.1
            else:
                break
    assert waits[0] <= 0.6
    assert waits[-1] >= 8


@pytest.mark.parametrize(
    "error", [GateClosedError("suspended"), PermanentError("the table does not fit")]
)
def test_what_is_no_failure_of_the_partner_is_not_counted(
    breaker: Breaker, clock: FakeClock, error: LingquError
) -> None:
    lane = pace(breaker, clock)
    for _ in range(9):
        with pytest.raises(type(error)), lane.calling():
            raise error
    assert breaker.status().failures == 0


def test_the_hubs_own_trouble_in_a_call_is_not_counted(breaker: Breaker, clock: FakeClock) -> None:
    lane = pace(breaker, clock)
    for _ in range(9):
        with pytest.raises(OwnTroubleError, match="dead letters"), lane.calling(), own():
            raise UnavailableError("the hub's Kafka takes no dead letters")
    lane.take_turn()
    assert breaker.status().failures == 0


def test_what_did_not_open_is_well_once_it_opens(breaker: Breaker, clock: FakeClock) -> None:
    lane = pace(breaker, clock)
    for _ in range(9):
        fail(lane, opening=True)
    clock.advance(900)
    lane.take_turn()
    lane.opened()
    assert breaker.status().state == "closed"


def test_what_opens_and_takes_nothing_is_not_well(breaker: Breaker, clock: FakeClock) -> None:
    lane = pace(breaker, clock)
    for _ in range(9):
        clock.advance(900)
        lane.take_turn()
        lane.opened()
        fail(lane)
    assert breaker.status().state == "open"
    clock.advance(900)
    lane.take_turn()
    lane.succeeded()
    assert breaker.status().state == "closed"

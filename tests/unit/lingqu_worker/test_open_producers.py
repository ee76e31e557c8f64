from __future__ import annotations

import pytest

from lingqu_worker.open_producers import NoProducerLeftError, OpenProducers


def test_so_many_lanes_hold_a_producer_and_the_next_one_says_whose_move_it_is() -> None:
    producers = OpenProducers(most=2)
    for lane in ("a", "b", "a"):
        producers.enter(lane)
    with pytest.raises(NoProducerLeftError, match=r"all 2 .*LINGQU_WORKER_TRANSACTIONAL_LANES"):
        producers.enter("c")
    assert producers.count == 2
    producers.leave("b")
    producers.enter("c")
    assert producers.count == 2


def test_a_lane_rests_sooner_while_another_one_waits() -> None:
    producers = OpenProducers(most=1, rest_after_s=60)
    producers.enter("a")
    assert not producers.may_rest(59)
    assert producers.may_rest(60)
    with pytest.raises(NoProducerLeftError):
        producers.enter("b")
    assert producers.may_rest(5)
    assert not producers.may_rest(0)


def test_who_gives_up_waiting_hurries_nobody() -> None:
    producers = OpenProducers(most=1, rest_after_s=60)
    producers.enter("a")
    with pytest.raises(NoProducerLeftError):
        producers.enter("b")
    producers.leave("b")
    assert not producers.may_rest(5)

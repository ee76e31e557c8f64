"""How long a lane and a parked key wait."""

from __future__ import annotations

import random

import pytest

from lingqu_worker.retry import Backoff, Schedule


@pytest.mark.parametrize("seed", range(20))
def test_a_parked_key_is_tried_for_75_hours_and_more_whatever_chance_says(seed: int) -> None:
    schedule, dice = Schedule(), random.Random(seed)
    delays = [schedule.delay_s(attempts, dice) for attempts in range(1, 13)]
    assert sum(delay or 0 for delay in delays) >= 75 * 3600
    assert delays == sorted(delays, key=lambda delay: delay or 0)
    assert schedule.delay_s(13, dice) is None


def test_what_the_partner_asks_for_is_a_lower_bound() -> None:
    assert Schedule().delay_s(1, random.Random(1), 900.0) == 900.0
    assert Backoff(random.Random(1)).next_delay_s(77.0) == 77.0


def test_a_back_off_grows_to_its_longest_and_begins_anew_after_a_success() -> None:
    backoff = Backoff(random.Random(1), first_s=1.0, longest_s=60.0)
    delays = [backoff.next_delay_s() for _ in range(12)]
    assert all(0.5 * 2.0**n <= delay <= 2.0**n for n, delay in enumerate(delays[:6]))
    assert all(30 <= delay <= 60 for delay in delays[6:])
    backoff.reset()
    assert backoff.next_delay_s() <= 1.0

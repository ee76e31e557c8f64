from __future__ import annotations

import threading

from tests.support.clock import FakeClock

from lingqu.domain_service.metrics import UPKEEP_FAILURES
from lingqu.domain_service.upkeep import Chore, Upkeep
from lingqu.metrics import Metrics


def test_once_it_is_to_stop_no_further_chore_begins() -> None:
    stop, done = threading.Event(), list[str]()
    chores = [Chore("last", 1, stop.set), Chore("never", 1, lambda: done.append("never"))]
    Upkeep(chores, FakeClock(), Metrics()).run(stop)
    assert done == []


def test_a_chore_is_done_at_once_and_then_whenever_it_is_due(clock: FakeClock) -> None:
    done: list[float] = []
    chore = Chore("count", 60.0, lambda: done.append(clock.monotonic()))
    upkeep = Upkeep([chore], clock, Metrics())
    for seconds in (0, 30, 30, 59, 1):
        clock.advance(seconds)
        upkeep.round()
    assert done == [0, 60, 120]


def test_a_chore_that_fails_is_counted_and_holds_up_no_other(clock: FakeClock) -> None:
    def fail() -> None:
        raise ValueError("a defect")

    done: list[str] = []
    metrics = Metrics()
    chores = [Chore("fails", 1.0, fail), Chore("works", 1.0, lambda: done.append("done"))]
    Upkeep(chores, clock, metrics).round()
    assert (done, metrics.value(UPKEEP_FAILURES, chore="fails")) == (["done"], 1)

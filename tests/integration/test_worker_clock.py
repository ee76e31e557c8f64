"""A worker whose clock is wrong: the broker's tells, and nothing leaves until it is set."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.support.lanes import arrivals, await_lane, readings
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.clock import SystemClock
from lingqu_worker.metrics import CLOCK_SKEW

pytestmark = pytest.mark.integration


def test_a_wrong_clock_stops_a_feed_until_it_is_set_right(
    worker: WorkerUnderTest, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, ahead = SystemClock.now, timedelta()

    def now(clock: SystemClock) -> datetime:
        return right(clock) + ahead

    monkeypatch.setattr(SystemClock, "now", now)
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 5))
    with worker.running() as (loop, resources):
        worker.await_delivered(arrivals(worker), 5)
        ahead = timedelta(seconds=300)
        wait_until(lambda: 290 < resources.metrics.value(CLOCK_SKEW) < 310)
        worker.publish(readings(5, 5))
        await_lane(loop, unique, "waiting", "300 s apart", "set both by NTP")
        assert len(worker.delivered(arrivals(worker))) == 5
        ahead = timedelta()
        worker.await_delivered(arrivals(worker), 10)

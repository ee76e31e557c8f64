"""A partner that is away for a week, on a clock that runs faster: it gets everything afterwards."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from tests.support.fast_clock import FastClock
from tests.support.lanes import arrivals, lanes, numbers_by_partition, readings
from tests.support.partner import SECRET, HttpPartner
from tests.support.waiting import wait_until
from tests.support.worker import worker_under_test

from lingqu.kafka.settings import KafkaSettings
from lingqu_worker.resources import Resources

pytestmark = pytest.mark.integration

DAYS, A_DAY, STATIONS = 7, 60, 20
DAY_S = 86_400.0
FACTOR = 60_000.0  # a day in 1.4 s


def failures(resources: Resources) -> int:
    """Return how often the partner was asked in vain."""
    told = dict(resources.breakers.statuses())
    return told["http-sink"].failures if "http-sink" in told else 0


def test_a_partner_away_for_a_week_catches_up_and_its_neighbour_notices_nothing(
    tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str
) -> None:
    worker = worker_under_test(tmp_path, kafka, registry_url, unique, partitions=3)
    worker.keep_secret("partner-key", SECRET)
    partner = HttpPartner()
    with partner.serving():
        pass  # it has an address, and is gone
    away, beside = f"{unique}-away", f"{unique}-beside"
    worker.agree(away, connector="http-sink", options={"url": partner.url, "secret": "partner-key"})
    worker.agree(beside, options=worker.kafka_options())
    clock = FastClock(FACTOR)

    for days in (range(3), range(3, DAYS)):  # the worker is started again on the fourth
        with worker.running(clock=clock) as (loop, resources):
            for day in days:
                worker.publish(readings(day * A_DAY, A_DAY, STATIONS))
                worker.await_delivered(arrivals(worker), (day + 1) * A_DAY)
                wait_until(partial(failures, resources), 60)
                wait_until(partial(clock.is_past, clock.elapsed_s() + DAY_S))
            assert failures(resources) > 5  # it is asked on and on
            assert not any(lane.next_offset for lane in lanes(loop, away))
    assert clock.elapsed_s() > DAYS * DAY_S
    assert partner.log == []

    with partner.serving(), worker.running(clock=clock):
        wait_until(lambda: len(partner.taken) == DAYS * A_DAY, 60)
    numbers: dict[str, list[int]] = {}
    for told in partner.taken.values():
        numbers.setdefault(str(told["subject"]), []).append(told["lqseq"])
    assert all(each == sorted(each) for each in numbers.values())
    assert len(numbers) == STATIONS
    assert worker.dead_letters(away) == []
    beside_told = numbers_by_partition(worker.delivered(arrivals(worker)))
    assert sum(map(len, beside_told.values())) == DAYS * A_DAY
    assert all(each == list(range(1, len(each) + 1)) for each in beside_told.values())

from __future__ import annotations

import logging
import threading

import pytest
from tests.support.clock import FakeClock

from lingqu.errors import FencedError, UnavailableError
from lingqu.kafka.settings import KafkaSettings
from lingqu.metrics import Metrics
from lingqu.outbox.metrics import FAILURES
from lingqu.outbox.relay import Relay
from lingqu.service.database import make_engine


class FailingRelay(Relay):
    """Meets these errors one after the other, then is stopped."""

    def __init__(self, metrics: Metrics, clock: FakeClock, errors: list[Exception]) -> None:
        kafka = KafkaSettings(bootstrap_servers="127.0.0.1:1")
        super().__init__(make_engine("sqlite://"), kafka, "43", "trial", metrics, clock)
        self.errors = errors

    def _run_if_sole(self, stop: threading.Event) -> None:
        if len(self.errors) == 1:
            stop.set()
        raise self.errors.pop(0)


def run_through(clock: FakeClock, errors: list[Exception]) -> tuple[FailingRelay, Metrics]:
    metrics = Metrics()
    relay = FailingRelay(metrics, clock, errors)
    relay.run(threading.Event())
    return relay, metrics


def test_a_relay_is_missing_something_until_it_has_reached_kafka(clock: FakeClock) -> None:
    missing = FailingRelay(Metrics(), clock, []).missing()
    assert missing == ["the outbox of 'trial' is not published: it has not reached Kafka yet"]


def test_it_goes_on_after_any_error_and_counts_it_by_kind(clock: FakeClock) -> None:
    errors = [UnavailableError("broker away"), FencedError("newer owner"), ValueError("a fault")]
    relay, metrics = run_through(clock, errors)

    for kind in ("UnavailableError", "FencedError", "ValueError"):
        assert metrics.value(FAILURES, service="trial", kind=kind) == 1
    assert relay.missing() == ["the outbox of 'trial' is not published: ValueError, see the log"]


def test_its_pauses_grow_up_to_a_bound(clock: FakeClock) -> None:
    run_through(clock, [UnavailableError("away") for _ in range(12)])

    assert 0.2 <= clock.waits[0] <= 0.4
    assert all(2.5 <= pause <= 5 for pause in clock.waits[6:])


def test_a_trouble_that_repeats_is_logged_once(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    run_through(clock, [UnavailableError("away") for _ in range(5)])

    assert [record.getMessage() for record in caplog.records] == [
        "outbox relay stopped, will start again"
    ]

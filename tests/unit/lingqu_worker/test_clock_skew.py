from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest
from tests.support.clock import FakeClock

from lingqu_worker.clock_skew import ClockSkew


class SetClock(FakeClock):
    """A wall clock that somebody sets, beside a monotonic one that nobody can."""

    def put(self, seconds: float) -> None:
        self._start += timedelta(seconds=seconds)


def compared(clock: FakeClock, ahead_s: float = 0.0) -> ClockSkew:
    skew = ClockSkew(clock, "broker:9092")
    skew.hear(clock.now().timestamp() - ahead_s, clock.monotonic(), clock.monotonic())
    return skew


def test_a_broker_that_has_said_nothing_stops_nothing() -> None:
    skew = ClockSkew(FakeClock(), "broker:9092")

    assert (skew.apart_s(), skew.refusal()) == (0.0, "")


def test_a_wall_clock_that_is_set_is_noticed_before_the_broker_is_asked_again() -> None:
    clock = SetClock()
    skew = compared(clock)
    clock.advance(20)
    assert skew.apart_s() == 0

    clock.put(31)
    assert skew.apart_s() == 31
    assert skew.refusal()

    clock.put(-62)
    assert skew.apart_s() == -31


def test_an_answer_that_was_long_on_its_way_proves_no_skew() -> None:
    clock = FakeClock()
    skew = ClockSkew(clock, "broker:9092")
    broker_s = clock.now().timestamp() + 5  # taken in the middle, by a clock that is right
    clock.wait(40, threading.Event())

    skew.hear(broker_s, asked_s=0, heard_s=40)

    assert skew.apart_s() == 0


def test_one_sentence_names_both_clocks_and_the_cure() -> None:
    assert compared(FakeClock(), ahead_s=45).refusal() == (
        "this machine's clock says 2026-01-05 08:00:00 UTC and that of Kafka at broker:9092"
        " 2026-01-05 07:59:15, 45 s apart; set both by NTP: beyond 30 s no term can be kept,"
        " nothing is sent"
    )


def test_the_alarm_is_raised_beyond_two_seconds_and_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = SetClock()
    skew = compared(clock)
    with caplog.at_level(logging.WARNING):
        for step in (2, 0.5, 0, -0.5, 0.5):
            clock.put(step)
            skew.alarm()

    assert [record.message for record in caplog.records] == ["clocks differ"] * 2

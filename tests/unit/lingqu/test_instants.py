"""Instants and days are counted exactly, there and back, before 1970 too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from lingqu.clock import CHINA
from lingqu.instants import day_at, days, milliseconds, moment_at


@pytest.mark.parametrize("at_ms", [0, 1, -1, 999, 1_764_000_000_001, 253_402_300_799_999])
def test_a_moment_is_its_milliseconds(at_ms: int) -> None:
    assert milliseconds(moment_at(at_ms)) == at_ms
    assert milliseconds(moment_at(at_ms) + timedelta(microseconds=999)) == at_ms


def test_a_moment_is_the_same_in_any_zone() -> None:
    moment = datetime(2024, 3, 1, 8, tzinfo=CHINA)
    assert moment_at(milliseconds(moment)) == moment
    assert moment_at(0) == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(1970, 1, 1), 0), (date(1969, 12, 31), -1), (date(2024, 3, 1), 19783)],
)
def test_a_day_is_its_number(day: date, number: int) -> None:
    assert (days(day), day_at(number)) == (number, day)

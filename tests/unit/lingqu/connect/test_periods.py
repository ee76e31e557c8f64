"""Where a period ends, by China's clock."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from lingqu.clock import CHINA
from lingqu.connect.periods import Every, Periods


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("every", "cut_off", "moment", "since", "until"),
    [
        ("hour", "00:00", "2026-11-23T08:59:59.999", "2026-11-23T08:00", "2026-11-23T09:00"),
        ("hour", "00:05", "2026-11-23T00:04", "2026-11-22T23:05", "2026-11-23T00:05"),
        ("day", "00:00", "2026-11-23T00:00", "2026-11-23T00:00", "2026-11-24T00:00"),
        ("day", "18:00", "2026-11-23T17:59:59.999", "2026-11-22T18:00", "2026-11-23T18:00"),
        ("day", "18:00", "2026-12-31T18:00", "2026-12-31T18:00", "2027-01-01T18:00"),
        ("month", "00:00", "2028-02-29T12:00", "2028-02-01T00:00", "2028-03-01T00:00"),
        ("month", "08:30", "2026-01-01T08:29", "2025-12-01T08:30", "2026-01-01T08:30"),
        ("month", "08:30", "2026-01-01T08:30", "2026-01-01T08:30", "2026-02-01T08:30"),
    ],
)
def test_an_instant_lies_between_two_cuts(
    every: Every, cut_off: str, moment: str, since: str, until: str
) -> None:
    periods = Periods(every, time.fromisoformat(cut_off))
    assert (periods.begun_by(ms(moment)), periods.end_after(ms(moment))) == (ms(since), ms(until))


@pytest.mark.parametrize("every", ["hour", "day", "month"])
def test_periods_follow_each_other_without_a_gap(every: Every) -> None:
    periods, at = Periods(every, time(0, 30)), ms("2027-12-30T23:15")
    for _ in range(40):
        until = periods.end_after(at)
        assert periods.begun_by(until) == until
        assert periods.begun_by(until - 1) == periods.begun_by(at)
        at = until

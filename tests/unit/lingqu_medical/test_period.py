from __future__ import annotations

from datetime import date

import pytest
from tests.unit.lingqu_medical.given import at

from lingqu_medical.calendar_file import load_calendar
from lingqu_medical.period import (
    day_in_month_after,
    first_open,
    last_day_after,
    next_period,
    period_at,
)


@pytest.mark.parametrize(
    ("moment", "period"),
    [("2026-10-31T23:59:59", "2026-10"), ("2026-11-01T00:00:00", "2026-11")],
)
def test_a_period_begins_at_midnight_in_beijing(moment: str, period: str) -> None:
    assert period_at(at(moment)) == period


def test_periods_follow_each_other() -> None:
    assert (next_period("2026-09"), next_period("2026-12")) == ("2026-10", "2027-01")
    assert first_open("2026-11", {"2026-11", "2026-12"}) == "2027-01"


def test_the_calendar_says_when_the_next_step_is_due() -> None:
    calendar = load_calendar()
    assert calendar.due_on("generated", "2026-12") == date(2027, 1, 21)
    assert calendar.due_on("confirmed_by_treatment", "2026-10") == date(2026, 11, 25)
    assert calendar.due_on("funds_requested", "2026-10") == date(2026, 12, 31)
    assert calendar.due_on("closed", "2026-10") is None
    assert day_in_month_after("2026-10", 5) == date(2026, 11, 5)
    assert last_day_after("2026-12", 2) == date(2027, 2, 28)

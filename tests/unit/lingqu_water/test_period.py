"""Months begin at midnight in Beijing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.errors import InputError
from lingqu_water.period import (
    Month,
    check_period,
    days_of,
    month_at,
    month_of,
    next_period,
    over_at_ms,
)


def test_a_month_begins_and_ends_at_midnight_in_beijing() -> None:
    april = Month(2021, 4)
    begins = datetime(2021, 3, 31, 16, tzinfo=UTC).timestamp() * 1000

    assert april.from_ms == begins
    assert month_at(april.from_ms) == april
    assert month_at(april.from_ms - 1) == Month(2021, 3)
    assert month_at(april.until_ms - 1) == april
    assert month_at(april.until_ms) == Month(2021, 5)


@given(st.integers(0, 4_000_000_000_000))
def test_every_instant_is_within_its_month(instant_ms: int) -> None:
    month = month_at(instant_ms)

    assert month.from_ms <= instant_ms < month.until_ms
    assert month_of(str(month)) == month


@pytest.mark.parametrize(
    ("period", "after", "days"),
    [
        ("2021-12", "2022-01", (date(2021, 12, 1), date(2021, 12, 31))),
        ("2020-02", "2020-03", (date(2020, 2, 1), date(2020, 2, 29))),
        ("2021", "2022", (date(2021, 1, 1), date(2021, 12, 31))),
    ],
)
def test_periods_follow_each_other(period: str, after: str, days: tuple[date, date]) -> None:
    assert next_period(period) == after
    assert days_of(period) == days
    assert over_at_ms(period) == Month(days_of(after)[0].year, days_of(after)[0].month).from_ms


@pytest.mark.parametrize("text", ["2021-13", "2021-4", "21-04", "2021-04-01", "", "２０２１"])
def test_any_other_text_is_no_period(text: str) -> None:
    with pytest.raises(InputError, match="is no period"):
        check_period(text)

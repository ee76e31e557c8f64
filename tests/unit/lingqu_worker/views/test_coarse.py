"""Coarser times and numbers, held to what Python's own calendar and decimals say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.agreements.masks import TimeUnit
from lingqu_worker.views.coarse import rounded, truncated

START = datetime(1970, 1, 1)  # noqa: DTZ001 - Arrow's are without zone
AHEAD = timedelta(hours=8)
UNITS = st.sampled_from(["minute", "hour", "day", "month", "year"])
MOMENTS = st.datetimes(datetime(3, 1, 1), datetime(9999, 12, 30))  # noqa: DTZ001


def cut(moment: datetime, to: TimeUnit) -> datetime:
    """Return the start of the minute … year in China, as an instant in UTC."""
    local = moment + AHEAD
    parts = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}
    order = ["year", "month", "day", "hour", "minute", "second", "microsecond"]
    finer = order[order.index(to) + 1 :]
    return local.replace(**{name: parts[name] for name in finer}) - AHEAD  # type: ignore[arg-type]


@given(st.lists(st.none() | MOMENTS, max_size=5), UNITS, st.sampled_from(["ms", "us"]))
def test_an_instant_is_cut_to_the_start_of_its_time_in_china(
    moments: list[datetime | None], to: TimeUnit, unit: str
) -> None:
    shown = truncated(
        pa.array(moments, pa.timestamp("us")).cast(pa.timestamp(unit), safe=False), to
    )
    assert shown.type == pa.timestamp(unit)
    assert shown.to_pylist() == [moment and cut(moment, to) for moment in moments]


@given(st.lists(st.none() | st.dates(min_value=date(3, 1, 1)), max_size=5))
def test_a_day_is_cut_to_the_first_of_its_month_or_year(days: list[date | None]) -> None:
    column = pa.array(days, pa.date32())
    assert truncated(column, "month").to_pylist() == [day and day.replace(day=1) for day in days]
    years = [day and day.replace(month=1, day=1) for day in days]
    assert truncated(column, "year").to_pylist() == years


@pytest.mark.parametrize("unit", ["ms", "us"])
@pytest.mark.parametrize("to", ["minute", "hour", "day", "month", "year"])
def test_no_instant_of_64_bits_is_shown_whole_or_fails(unit: str, to: TimeUnit) -> None:
    extremes = [2**63 - 1, -(2**63), 2**62 + 1, -(2**62) - 1]
    shown = truncated(pa.array(extremes, pa.int64()).cast(pa.timestamp(unit)), to)
    assert not set(extremes) & set(shown.cast(pa.int64()).to_pylist())
    days = pa.array([2**31 - 1, -(2**31)], pa.int32()).cast(pa.date32())
    assert truncated(days, "year").to_pylist() == [date(9999, 1, 1), date(2, 1, 1)]


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=5), st.integers(1, 18))
def test_a_whole_number_is_rounded_half_away_from_zero_or_cut_where_it_ends(
    numbers: list[int | None], digits: int
) -> None:
    step = 10**digits
    most = (2**63 - 1) // step * step

    def nearest(number: int) -> int:
        size = (abs(number) + step // 2) // step * step
        return int(min(size, most)) if number > 0 else -min(size, most)

    shown = rounded(pa.array(numbers, pa.int64()), -digits).to_pylist()
    assert shown == [None if number is None else nearest(number) for number in numbers]


def test_a_small_integer_stays_one() -> None:
    shown = rounded(pa.array([2**31 - 1, -(2**31), 149, 150, None], pa.int32()), -2)
    assert shown.type == pa.int32()
    assert shown.to_pylist() == [2_147_483_600, -2_147_483_600, 100, 200, None]


@given(st.integers(-(10**9), 10**9), st.integers(0, 3))
def test_a_decimal_is_rounded_as_people_do(thousandths: int, digits: int) -> None:
    number = Decimal(thousandths).scaleb(-3)
    wanted = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    shown = rounded(pa.array([float(number)]), digits)[0].as_py()
    # A double may lie just beside a half, and then goes to its own side.
    beside = abs(number.scaleb(digits) % 1) == Decimal("0.5")
    assert shown == float(wanted) or (beside and abs(shown - float(wanted)) <= 10.0**-digits * 1.01)


@pytest.mark.parametrize("digits", [-18, -2, 0, 2, 15])
def test_no_double_fails(digits: int) -> None:
    extremes = [1.7e308, -1.7e308, 5e-324, float("inf"), float("-inf"), 2.0**52, None, -0.0]
    shown = rounded(pa.array(extremes), digits).to_pylist()
    assert shown[6] is None
    assert shown[3:5] == extremes[3:5]
    assert len(rounded(pa.array([float("nan")]), digits)) == 1
    assert rounded(pa.array([3.4e38, 1.25], pa.float32()), 1).type == pa.float32()

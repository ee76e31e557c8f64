# ruff: noqa: DTZ001 - times in a spreadsheet have no zone
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.clock import CHINA
from lingqu.sheets.times import LocalTimes, read_moment


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01 08:30",
        "2024/3/1 8:30",
        "2024.3.1 8:30:00",
        "2024年3月1日8时30分",
        "2024年3月1日 8点30分0秒",
        "２０２４／３／１　８：３０",
        "2024-03-01T08:30:00",
        "2024-03-01T08:30:00+08:00",
        "2024-03-01T00:30:00Z",
        "202403010830",
        "45352.3541666667",
    ],
)
def test_one_instant_is_read_in_all_its_spellings(text: str) -> None:
    moment = read_moment(text, CHINA)
    assert moment.at == datetime(2024, 3, 1, 0, 30, tzinfo=UTC)
    assert moment.has_time


@pytest.mark.parametrize("text", ["2024/3/1", "2024-03-01", "2024年3月1日", "20240301", "45352"])
def test_a_day_alone_says_that_it_has_no_time(text: str) -> None:
    assert read_moment(text, CHINA) == (datetime(2024, 3, 1, tzinfo=CHINA), False)


@pytest.mark.parametrize(
    "text",
    [
        *("", "*", "--", "24/3/1", "2024-02-30", "2024/3", "8:30", "2024-03-01 25:00", "7.2"),
        *("2024-02-30 08:00", "2024-03-01x08:00", "2024-03-01 08:00+08", "2024-W09-5 08:00"),
    ],
)
def test_what_is_no_whole_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_moment(text, CHINA)


@given(st.datetimes(min_value=datetime(1960, 1, 1), max_value=datetime(2099, 1, 1)))
def test_a_serial_number_is_read_to_the_second(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert read_moment(f"{serial:.9f}", CHINA).at == moment.replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("text", "collected_on", "year"),
    [
        ("04-01 08:00", date(2021, 4, 6), 2021),
        ("02-07 08:00", date(2021, 4, 6), 2021),
        ("12-31 20:00", date(2021, 1, 1), 2020),
        ("02-29 20:00", date(2021, 1, 1), 2020),
        ("06-30 20:00", date(2021, 1, 1), 2021),
        ("07-01 20:00", date(2021, 1, 1), 2020),
    ],
)
def test_a_day_far_ahead_of_collection_is_of_the_year_before(
    text: str, collected_on: date, year: int
) -> None:
    times = LocalTimes(CHINA, collected_on)
    assert times.read(text, "%m-%d %H:%M").year == year


def test_the_span_of_days_ahead_can_be_narrowed() -> None:
    times = LocalTimes(CHINA, date(2021, 2, 1), ahead=timedelta(days=1))
    assert times.read("02-02 08:00", "%m-%d %H:%M").year == 2021
    assert times.read("02-03 08:00", "%m-%d %H:%M").year == 2020

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lingqu_water.forms.files import (
    DAY,
    HEADING,
    ROW,
    hourly4,
    items,
    one,
    read_rows,
    refused,
    row,
    workbook,
)

from lingqu.clock import CHINA
from lingqu_water.readings.model import Item


def ms(moment: datetime) -> int:
    return int(moment.replace(tzinfo=CHINA).timestamp() * 1000)


def test_a_row_of_the_4_hourly_table_is_a_reading() -> None:
    reading = one(hourly4(ROW))
    assert reading.key == ("43-里耶镇", ms(datetime(2021, 4, 1, 8)), "auto")  # noqa: DTZ001
    assert (reading.basin, reading.river, reading.water_body) == ("长江流域", None, "unknown")
    assert (reading.published_class, reading.data_level, reading.validity) == ("Ⅱ", "raw", "valid")
    assert (reading.ordinal % (1 << 26), reading.unordered) == (2, False)
    assert reading.as_of_ms == ms(datetime(2021, 4, 7)) - 1  # noqa: DTZ001
    assert len(reading.items) == 11
    assert items(reading)["w01019"] == Item("w01019", 2.03, "mg/L", "measured")
    assert items(reading)["w01016"].flag == "not_measured"
    assert items(reading)["w19011"].flag == "no_value"


def test_the_table_without_a_column_of_states_is_read_too() -> None:
    content = "\n".join(line.rpartition(",")[0] for line in (HEADING, ROW)).encode()
    reading = one(content)
    assert (reading.station_status, reading.validity) == (None, "valid")
    assert len(reading.items) == 11


def test_the_table_saved_as_a_workbook_gives_the_same_reading() -> None:
    booked, written = one(workbook(HEADING.split(","), ROW.split(","))), one(hourly4(ROW))
    assert booked._replace(ordinal=0) == written._replace(ordinal=0)
    assert booked.ordinal != written.ordinal, "two files have places of their own"


def test_the_snapshot_is_read_without_its_guessed_places() -> None:
    heading, line = (
        HEADING.replace("站点情况", "address,lat,lon"),
        ROW.replace("正常", "湖南省,28.1,"),
    )
    reading = one(f"{heading}\n{line}".encode(), "snapshot_20210406.csv", collected_on=None)
    table = one(hourly4(ROW))
    assert (reading.key, reading.items, reading.as_of_ms) == (
        table.key, table.items, table.as_of_ms,
    )  # fmt: skip
    assert (reading.station_status, reading.validity) == (None, "valid")


@pytest.mark.parametrize("marker", ["*", "--", "-", "", "null"])
def test_a_row_without_a_real_time_is_refused_not_guessed(marker: str) -> None:
    assert refused(hourly4(row(监测时间=marker))) == {"监测时间": "no_time"}


@pytest.mark.parametrize(
    ("cells", "refusals"),
    [
        ({"监测时间": "soon"}, {"监测时间": "bad_time"}),
        ({"监测时间": "2021-04-01"}, {"监测时间": "bad_time"}),
        ({"监测时间": "02-30 08:00"}, {"监测时间": "bad_time"}),
        ({"省份": "湘"}, {"省份": "unknown_region"}),
        ({"断面": "*"}, {"断面名称": "missing"}),
        ({"断面": "=1+1"}, {"断面名称": "formula"}),
        ({"水质": "Ⅵ"}, {"水质类别": "unknown_class"}),
        ({"氨氮": "-0.5"}, {"氨氮(mg/L)": "negative"}),
        (
            {"监测时间": "*", "总磷": "x", "水温": "=B2"},
            {"监测时间": "no_time", "水温(℃)": "formula", "总磷(mg/L)": "no_number"},
        ),
    ],
)
def test_each_wrong_cell_is_named(cells: dict[str, str], refusals: dict[str, str]) -> None:
    assert refused(hourly4(row(**cells))) == refusals


def test_a_refusal_says_column_what_was_read_and_the_cure_in_both_languages() -> None:
    (found,) = read_rows(hourly4(row(氨氮="0.5mg")))
    (refusal,) = found.refusals
    assert refusal.reason == (
        "氨氮(mg/L): reads “0.5mg”, which is neither a number nor a missing marker;"
        " write digits only"
    )
    assert refusal.reason_zh.startswith("氨氮(mg/L):内容为 “0.5mg”")
    assert found.reason == refusal.reason


def test_a_row_that_is_refused_leaves_the_next_ones_alone() -> None:
    rows = read_rows(hourly4(ROW, row(监测时间="*"), row(氨氮="x"), ROW))
    assert [(each.number, each.statement is None) for each in rows] == [
        (2, False), (3, True), (4, True), (5, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("time", "collected_on", "day"),
    [
        ("02-07 08:00", DAY, date(2021, 2, 7)),
        ("12-31 20:00", date(2021, 1, 2), date(2020, 12, 31)),
        ("04-06 20:00", DAY, date(2021, 4, 6)),
        ("2020-12-31 20:00", DAY, date(2020, 12, 31)),
    ],
)
def test_the_year_is_inferred_from_the_day_of_collection(
    time: str, collected_on: date, day: date
) -> None:
    reading = one(hourly4(row(监测时间=time)), collected_on=collected_on)
    assert datetime.fromtimestamp(reading.sampled_at_ms / 1000, CHINA).date() == day


def test_a_time_after_the_stated_day_of_collection_is_doubtful() -> None:
    reading = one(hourly4(row(监测时间="05-01 08:00", 站点情况="维护")))
    assert (reading.validity, reading.validity_reason) == (
        "doubtful", "站点维护;监测时间晚于采集日期",
    )  # fmt: skip


def test_where_today_is_assumed_no_time_lies_after_it() -> None:
    reading = one(hourly4(row(监测时间="05-01 08:00")), collected_on=None)
    assert reading.sampled_at_ms == ms(datetime(2020, 5, 1, 8))  # noqa: DTZ001
    assert reading.validity == "valid"


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.integers(0, 184))
def test_a_reading_of_the_half_year_before_collection_keeps_its_day(day: date, ago: int) -> None:
    sampled = day - timedelta(days=ago)
    reading = one(hourly4(row(监测时间=f"{sampled:%m-%d} 08:00")), collected_on=day)
    assert datetime.fromtimestamp(reading.sampled_at_ms / 1000, CHINA).date() == sampled


@given(st.lists(st.sampled_from([ROW, row(氨氮="0.1"), row(监测时间="*")]), max_size=40))
def test_a_row_means_the_same_wherever_it_stands(lines: list[str]) -> None:
    def told(line: str) -> object:
        (found,) = read_rows(hourly4(line))
        return found.statement and (found.statement.key, found.statement.items)

    rows = read_rows(hourly4(*lines))
    assert [each.statement and (each.statement.key, each.statement.items) for each in rows] == [
        told(line) for line in lines
    ]

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lingqu_water.forms.collection import Collection, collection_of

NOW = datetime(2026, 2, 4, 17, tzinfo=UTC)  # the 5th in China


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2020-05-08.json", date(2020, 5, 8)),
        ("snapshot_20260204.csv", date(2026, 2, 4)),
        ("水质2021.04.06.xlsx", date(2021, 4, 6)),
        ("20260206.csv", date(2026, 2, 6)),
    ],
)
def test_the_files_name_tells_the_day(name: str, day: date) -> None:
    assert collection_of(name, None, NOW) == Collection(day)


@pytest.mark.parametrize(
    "name", ["hunan.csv", "20261301.csv", "20260207.csv", "120210406.csv", "2021040612.csv"]
)
def test_a_name_without_a_day_leaves_today_in_china(name: str) -> None:
    assert collection_of(name, None, NOW) == Collection(date(2026, 2, 5), assumed=True)


def test_what_somebody_says_counts_more_than_the_name() -> None:
    assert collection_of("2020-05-08.json", date(2021, 1, 1), NOW).day == date(2021, 1, 1)


def test_a_time_that_is_said_orders_the_files_of_a_day() -> None:
    said = collection_of("2021-04-06.csv", datetime(2021, 4, 6, 16), NOW)  # noqa: DTZ001
    assert said.as_of_ms == int(datetime(2021, 4, 6, 8, tzinfo=UTC).timestamp() * 1000)
    assert said.day == date(2021, 4, 6)


def test_a_file_is_as_of_the_end_of_its_day_in_china() -> None:
    end = datetime(2021, 4, 6, 15, 59, 59, 999_000, tzinfo=UTC)
    assert Collection(date(2021, 4, 6)).as_of_ms == int(end.timestamp() * 1000)

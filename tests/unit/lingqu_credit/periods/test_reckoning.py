from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_credit.periods.reckoning import Decided, Period, last_day, reckon
from lingqu_credit.periods.rules import load_periods

RULES = load_periods()
DAY = date(2026, 6, 2)
EARLIER = """
source: 示例
editions:
  - edition: 令58-2023
    from: 2023-05-01
    grades:
      minor: {published: false, max_months: 3}
      general: {min_months: 3, max_months: 36}
      serious: {min_months: 12, max_months: 36}
  - edition: 令36-2025
    from: 2026-04-01
    grades:
      minor: {published: false, max_months: 3}
      general: {min_months: 3, max_months: 12}
      serious: {min_months: 12, max_months: 36}
"""


@pytest.mark.parametrize(
    ("decided", "period"),
    [
        (
            Decided("penalty", DAY, penalty_types="罚款"),
            Period("general", DAY, date(2026, 9, 1), date(2027, 6, 1), "令36-2025"),
        ),
        (
            Decided("penalty", DAY, penalty_types="警告"),
            Period("minor", None, None, date(2026, 9, 1), "令36-2025"),
        ),
        (
            Decided("penalty", DAY, penalty_types="罚款", procedure="summary"),
            Period("minor", None, None, date(2026, 9, 1), "令36-2025"),
        ),
        (
            Decided("penalty", DAY, penalty_types="罚款;吊销许可证件"),
            Period("serious", DAY, date(2027, 6, 1), date(2029, 6, 1), "令36-2025"),
        ),
        (
            Decided("penalty", DAY, fen=10**9, penalty_types="罚款"),
            Period("serious", DAY, date(2027, 6, 1), date(2029, 6, 1), "令36-2025"),
        ),
        (
            Decided("dishonesty", DAY, list_type="失信被执行人"),
            Period("serious", DAY, None, date(2028, 6, 1), "令36-2025"),
        ),
        (
            Decided("abnormal", DAY, stated_until=date(2026, 7, 1)),
            Period("general", DAY, date(2026, 7, 1), date(2026, 7, 1), "令36-2025"),
        ),
        (
            Decided("penalty", DAY, grade="serious", stated_until=date(2040, 1, 1)),
            Period("serious", DAY, date(2027, 6, 1), date(2029, 6, 1), "令36-2025"),
        ),
    ],
)
def test_the_period_begins_on_the_documents_day(decided: Decided, period: Period) -> None:
    assert reckon(RULES, decided) == period


def test_before_the_first_rules_the_source_has_to_say_until_when() -> None:
    before = date(2026, 3, 31)
    told = reckon(RULES, Decided("penalty", before))
    assert isinstance(told, str)
    assert "公示截止期" in told
    until = date(2027, 3, 30)
    assert reckon(RULES, Decided("penalty", before, stated_until=until)) == Period(
        "general", before, None, until, "stated"
    )


def test_the_earlier_table_is_loaded_by_the_operator(tmp_path: Path) -> None:
    (tmp_path / "periods.yaml").write_text(EARLIER, "utf-8")
    rules = load_periods(tmp_path)
    last, first = (
        reckon(rules, Decided("penalty", day, penalty_types="罚款", grade="general"))
        for day in (date(2026, 3, 31), date(2026, 4, 1))
    )
    assert isinstance(last, Period)
    assert isinstance(first, Period)
    assert (last.rule, last.max_until) == ("令58-2023", date(2029, 3, 30))
    assert (first.rule, first.max_until) == ("令36-2025", date(2027, 3, 31))


@given(
    st.sampled_from(["penalty", "dishonesty", "abnormal"]),
    st.dates(date(2020, 1, 1), date(2100, 1, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["", "警告", "罚款", "吊销许可证件"]),
)
def test_every_period_has_an_end_and_its_days_in_order(
    kind: str, day: date, until: date | None, types: str
) -> None:
    told = reckon(RULES, Decided(kind, day, stated_until=until, penalty_types=types))
    if isinstance(told, str):
        assert until is None or until < day
        return
    days = [each for each in (told.publish_from, told.min_until, told.max_until) if each]
    assert days == sorted(days)
    assert day <= told.max_until
    assert until is None or told.max_until <= until


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 1), 1, date(2026, 1, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_are_counted_by_the_calendar(start: date, months: int, end: date) -> None:
    assert last_day(start, months) == end

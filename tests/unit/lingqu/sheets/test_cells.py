# ruff: noqa: DTZ001 - times in a spreadsheet have no zone
from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.sheets.cells import (
    exact_text,
    is_formula,
    neutral,
    plain,
    read_number,
    without_apostrophe,
)
from lingqu.sheets.problems import CellError, shown


@pytest.mark.parametrize(
    ("text", "number"),
    [("7.2", 7.2), (" 7.2 ", 7.2), ("７．２", 7.2), (".5", 0.5), ("5.", 5.0), ("-1e-3", -0.001)],
)
def test_numbers_are_read_in_any_width(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "1_000", "1,000", "0x1", "七", "7.2mg/L", "1e9999"]
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_number(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (7, "7"),
        (7.0, "7"),
        (3.9900000000000002, "3.99"),
        (1e-7, "0.0000001"),
        (914301026168310.0, "914301026168310"),
        (True, "TRUE"),
        (date(2024, 3, 1), "2024-03-01"),
        (time(8, 30), "08:30:00"),
    ],
)
def test_a_spreadsheets_values_become_text_without_exponents(value: object, text: str) -> None:
    assert exact_text(value) == text


@pytest.mark.parametrize("value", [91430102616831072, 9.14e17, 10**15])
def test_numbers_that_have_lost_their_last_digits_are_refused(value: float) -> None:
    with pytest.raises(CellError, match="format the column as text"):
        exact_text(value)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (datetime(2024, 3, 1), "yyyy/m/d", "2024-03-01"),
        (datetime(2024, 3, 1), "yyyy/m/d h:mm", "2024-03-01 00:00:00"),
        (datetime(2024, 3, 1, 7, 59, 59, 999_000), "yyyy/m/d h:mm", "2024-03-01 08:00:00"),
    ],
)
def test_a_day_stays_a_day_and_midnight_stays_a_time(
    value: datetime, number_format: str, text: str
) -> None:
    assert exact_text(value, number_format) == text


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd|calc", "@sum", "\tx", "＝1+1", "＠sum"])
def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "7", "-0.3", "+5", "--", "-", "示例", "'=1"])
def test_numbers_and_missing_markers_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


@given(st.text())
def test_a_neutral_text_is_never_a_formula_and_comes_back_as_it_was(text: str) -> None:
    assert not is_formula(neutral(text)) or text.startswith(
        (" ", "\n", "\r", "\x0b", "\x0c", "\u3000")
    )
    if not text.startswith("'"):
        assert without_apostrophe(neutral(text)) == text


def test_full_width_signs_are_made_plain() -> None:
    assert plain(" ２０２４／３／１ ") == "2024/3/1"


def test_a_long_text_is_quoted_in_part() -> None:
    assert shown("x" * 50) == f"“{'x' * 24}…”"

"""Numbers of customs, built and read back, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_customs.numbers import (
    CustomsNo,
    Direction,
    customs_no,
    direction_of,
    is_ciq_code,
    is_customs_code,
    is_hs_code,
    item_of_customs_no,
    seq_no,
)

DIRECTIONS: list[Direction] = ["import", "export"]
NUMBERS = st.builds(
    CustomsNo,
    st.from_regex(r"[0-9]{4}", fullmatch=True).filter(str.isascii),
    st.integers(1900, 2099),
    st.sampled_from(DIRECTIONS),
    st.integers(0, 999_999_999).map(lambda serial: f"{serial:09}"),
)


@given(NUMBERS, st.integers(1, 99))
def test_a_number_and_its_item_are_read_back(number: CustomsNo, item: int) -> None:
    assert customs_no(str(number)) == number
    assert item_of_customs_no(f"{number}0{item:02}") == (number, item)
    assert direction_of(str(number)) == number.direction


@given(NUMBERS, st.integers(0, 17), st.sampled_from("ABxyz .０１二"))
def test_one_wrong_character_makes_it_no_number(number: CustomsNo, at: int, wrong: str) -> None:
    text = str(number)
    assert customs_no(text[:at] + wrong + text[at + 1 :]) is None


@given(st.text(max_size=30))
def test_any_other_text_is_told_apart_without_an_error(text: str) -> None:
    number = customs_no(text)
    assert number is None or str(number) == text


def test_one_is_import_and_zero_is_export() -> None:
    assert direction_of("516520261000000001") == "import"
    assert direction_of("490020260000000001") == "export"
    assert direction_of("I20260000000000001") == "import"
    assert direction_of("E20260000000000001") == "export"


@pytest.mark.parametrize(
    "text",
    ["490020262000000001", "49002026000000001", "4900202600000000011", "490018990000000001", ""],
)
def test_wrong_flags_lengths_and_years_are_no_numbers(text: str) -> None:
    assert customs_no(text) is None


@pytest.mark.parametrize("text", ["490020260000000001000", "490020260000000001101", "490"])
def test_items_begin_with_a_nought_and_count_from_one(text: str) -> None:
    assert item_of_customs_no(text) is None


@pytest.mark.parametrize("text", ["X20260000000000001", "i20260000000000001", "E2026", ""])
def test_single_window_numbers_begin_with_their_letter(text: str) -> None:
    assert seq_no(text) is None


def test_goods_and_enterprise_codes() -> None:
    assert is_hs_code("0203291000")
    assert not is_hs_code("02032910")
    assert is_ciq_code("0203291000101", "0203291000")
    assert not is_ciq_code("0203299000101", "0203291000")
    assert is_customs_code("4301910000")
    assert not is_customs_code("430191000")

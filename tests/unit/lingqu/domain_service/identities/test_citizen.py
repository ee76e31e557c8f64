from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.domain_service.identities.citizen import check_character, citizen_id_problem

NUMBERS = st.builds(
    lambda region, born, sequence: f"{region:06d}{born:%Y%m%d}{sequence:03d}",
    st.integers(110000, 659999),
    st.dates(date(1850, 1, 1)),
    st.integers(0, 999),
).map(lambda first_17: first_17 + check_character(first_17))


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_standards_examples_are_valid(number: str) -> None:
    assert citizen_id_problem(number) is None


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        ("110105194912310021", "check digit"),
        ("11010519491231002x", "17 digits"),
        ("110105491231002", "17 digits"),
        ("11010519491331002X", "day of birth"),
        ("", "17 digits"),
    ],
)
def test_what_is_wrong_is_told_without_the_number(number: str, cause: str) -> None:
    problem = citizen_id_problem(number) or ""
    assert cause in problem
    assert not number or number not in problem


@given(NUMBERS)
def test_a_right_check_digit_makes_a_number(number: str) -> None:
    assert citizen_id_problem(number) is None


@given(NUMBERS, st.integers(0, 5), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_the_region_is_always_found(number: str, place: int, digit: str) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    assert (citizen_id_problem(wrong) is None) == (wrong == number)

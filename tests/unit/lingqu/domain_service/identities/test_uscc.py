from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.contracts.catalogue.entry import is_uscc as is_uscc_of_a_catalogue
from lingqu.domain_service.identities.uscc import ALPHABET, check_character, is_uscc, uscc_problem

VALID = [
    "91430102616831072Q",
    "914301116168309775",
    "91431000772257316L",
    "9143000018380908X1",
    "91430200184291673E",
    "91430722MA4L630C21",
    "91430124717051067F",
    "91430521185729294G",
    "91440300708461136T",
    "914403001922038216",
    "91440300192317458F",
    "91440400192548256N",
    "914300007121944054",
    "9152000071430580XT",
    "9144030027939873X7",
    "91110000600037341L",
]
CODES = st.builds(
    lambda department, rest: department + rest + check_character(department + rest),
    st.sampled_from("123456789ABCDEFGNY"),
    st.text(ALPHABET, min_size=16, max_size=16),
)


@pytest.mark.parametrize("code", VALID)
def test_real_codes_are_valid(code: str) -> None:
    assert uscc_problem(code) is None


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("915226250000UUUU56", "check digit should be"),
        ("91522625QWER12345E", "check digit should be"),
        ("91430102616831072q", "character 18, 'q'"),
        ("9143010261683107I2", "character 17, 'I'"),
        ("H1430102616831072Q", "begins with 'H'"),
        ("91430102616831072", "has 17 characters"),
        ("", "has 0 characters"),
        ("91430102616831072Q914301116168309775", "glued together"),
        ("91430102616831072Q914301", "glued together"),
    ],
)
def test_what_is_wrong_is_told(code: str, cause: str) -> None:
    assert cause in (uscc_problem(code) or "")


def test_a_weighted_sum_of_no_remainder_has_the_check_digit_0() -> None:
    zero = next(
        code
        for code in ("9144030019220382" + each for each in ALPHABET)
        if check_character(code) == "0"
    )
    assert is_uscc(zero + "0")


@given(CODES)
def test_a_right_check_digit_makes_a_code(code: str) -> None:
    assert is_uscc(code)
    assert is_uscc_of_a_catalogue(code)


@given(CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code: str, place: int, character: str) -> None:
    wrong = code[:place] + character + code[place + 1 :]
    assert is_uscc(wrong) == (wrong == code)


@given(st.text(max_size=40))
def test_whatever_comes_is_judged(code: str) -> None:
    assert (uscc_problem(code) is None) == is_uscc(code)

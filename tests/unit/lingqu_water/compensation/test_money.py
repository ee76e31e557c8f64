"""Money is whole fen, and what is divided makes up the whole."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from lingqu_water.compensation.money import Wan, divide, fen, shown

SHARES = st.dictionaries(
    st.sampled_from(["43", "44", "50", "51", "52", "53"]), st.integers(1, 10**6), min_size=1
)


@pytest.mark.parametrize(
    ("wan", "expected"), [("40", 40_000_000), ("0.000001", 1), ("0", 0), ("12.3456", 12_345_600)]
)
def test_an_amount_in_wan_becomes_whole_fen(wan: str, expected: int) -> None:
    assert fen(Decimal(wan)) == expected


@pytest.mark.parametrize("wan", ["0.0000001", "-1", "NaN", "Infinity"])
def test_an_amount_that_is_no_whole_fen_is_refused_where_it_is_read(wan: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Wan).validate_python(wan)


@pytest.mark.parametrize(
    ("amount", "expected"), [(40_000_000, "40万元"), (-1, "-0.000001万元"), (0, "0万元")]
)
def test_amounts_are_shown_in_wan(amount: int, expected: str) -> None:
    assert shown(amount) == expected


@given(st.integers(0, 10**15), SHARES)
def test_the_parts_make_up_the_amount_and_none_is_a_fen_off_its_share(
    amount: int, shares: dict[str, int]
) -> None:
    parts = divide(amount, shares)

    assert sum(parts.values()) == amount
    total = sum(shares.values())
    for code, share in shares.items():
        assert abs(parts[code] * total - amount * share) < total


@given(st.integers(0, 10**9), SHARES)
def test_the_parts_do_not_depend_on_the_order_of_the_shares(
    amount: int, shares: dict[str, int]
) -> None:
    assert divide(amount, dict(reversed(shares.items()))) == divide(amount, shares)


def test_left_over_fen_go_to_the_largest_remainders_and_then_by_code() -> None:
    assert divide(100, {"53": 1, "51": 1, "52": 1}) == {"51": 34, "52": 33, "53": 33}
    assert divide(10, {"43": 2, "44": 1}) == {"43": 7, "44": 3}

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_credit.money import fen_to_wan, wan_to_fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [("12.345678", 12345678), ("0.000001", 1), ("5", 5_000_000), ("1,234.5", 1_234_500_000)],
)
def test_wan_becomes_whole_fen(text: str, fen: int) -> None:
    assert wan_to_fen(text) == fen


@pytest.mark.parametrize("text", ["0.0000001", "", "-1", "1e3", "NaN", "五", "1.2.3", "=1+1"])
def test_what_is_no_whole_fen_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write digits|six decimals"):
        wan_to_fen(text)


@given(st.integers(0, 10**17))
def test_fen_come_back_exactly(fen: int) -> None:
    assert wan_to_fen(fen_to_wan(fen)) == fen

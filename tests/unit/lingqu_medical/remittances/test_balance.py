from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lingqu_medical.remittances.balance import Balance

FEN = st.integers(0, 10**12)


def balance(prepaid_fen: int, outstanding_fen: int) -> Balance:
    return Balance("44", "43", "310", prepaid_fen, outstanding_fen)


def test_it_warns_from_the_percentage_on() -> None:
    assert not balance(100_00, 79_99).warns(80)
    assert balance(100_00, 80_00).warns(80)
    assert balance(100_00, 80_00).used_percent == 80.0
    assert balance(100_00, 120_00).left_fen == -20_00


def test_without_a_prepayment_it_warns_as_soon_as_money_is_laid_out() -> None:
    assert not balance(0, 0).warns(80)
    assert balance(0, 1).warns(80)
    assert balance(0, 1).used_percent is None


@given(st.integers(1, 10**12), FEN, FEN, st.integers(1, 100))
def test_who_lays_out_more_is_never_warned_less(
    prepaid: int, less: int, more: int, percent: int
) -> None:
    less, more = sorted((less, more))
    assert balance(prepaid, more).warns(percent) >= balance(prepaid, less).warns(percent)

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.domain_service.imports.readers import Reader, code, fen, fen_of_wan, whole
from lingqu.sheets.problems import CellError

WHOLE = st.integers(0, 10**15)


@given(WHOLE, st.sampled_from(("{}", "¥{}", "{}元", "{}00", "+{}")))
def test_an_amount_is_read_to_the_fen(amount: int, spelled: str) -> None:
    assert fen(spelled.format(f"{amount // 100}.{amount % 100:02}")) == amount


@given(WHOLE)
def test_thousands_may_be_parted_and_digits_wide(amount: int) -> None:
    assert fen(f"{amount:,}") == fen(f"{amount}.0") == 100 * amount
    assert (
        fen(str(amount).translate(str.maketrans("0123456789", "０１２３４５６７８９")))
        == 100 * amount
    )


@given(WHOLE)
def test_an_amount_in_ten_thousands_has_six_decimals(amount: int) -> None:
    assert fen_of_wan(f"{Decimal(amount) / 1_000_000:f}") == amount


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("1.234", "parts_of_fen"), ("五元", "no_amount"), (".", "no_amount"), ("=1", "formula")],
)
def test_what_is_no_amount_is_told(cell: str, reason: str) -> None:
    with pytest.raises(CellError) as refused:
        fen(cell)
    assert refused.value.problem.code == reason


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs")), min_size=1))
def test_a_code_is_plain_and_has_no_spaces(cell: str) -> None:
    assert code(cell) == "".join(unicodedata.normalize("NFKC", cell).split())


def test_a_code_that_a_spreadsheet_rounded_is_refused() -> None:
    with pytest.raises(CellError):
        code("9.14E+17")


@pytest.mark.parametrize("read", [fen, fen_of_wan, whole])
@pytest.mark.parametrize("cell", ["9" * 25, "9" * 5_000, f"-{'9' * 25}", "1E999999999"])
def test_a_number_that_no_event_can_carry_is_told(read: Reader, cell: str) -> None:
    with pytest.raises(CellError) as told:
        read(cell)
    assert told.value.problem.code == "too_large"


def test_the_largest_numbers_are_read() -> None:
    assert whole(str(2**63 - 1)) == fen("92233720368547758.07") == 2**63 - 1

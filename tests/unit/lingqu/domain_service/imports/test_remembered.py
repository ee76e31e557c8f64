from __future__ import annotations

import pytest

from lingqu.domain_service.imports.remembered import Remembered


def test_a_text_is_read_once() -> None:
    asked: list[str] = []

    def read(text: str) -> int:
        asked.append(text)
        return len(text)

    known = Remembered(read)
    assert [known["aa"], known["aa"], known["b"]] == [2, 2, 1]
    assert asked == ["aa", "b"]


def test_what_cannot_be_read_is_not_remembered() -> None:
    known: Remembered[str, int] = Remembered(int)
    with pytest.raises(ValueError, match="x"):
        known["x"]
    assert not known


def test_it_forgets_everything_once_it_is_full() -> None:
    known: Remembered[str, int] = Remembered(int, most=3)
    for number in range(100):
        assert known[str(number)] == number
        assert len(known) <= 3


def test_what_long_texts_mean_is_not_kept() -> None:
    known: Remembered[str, int] = Remembered(len)
    pairs: Remembered[tuple[str, ...], int] = Remembered(len)
    assert (known["x" * 1000], pairs["x" * 150, "y" * 150]) == (1000, 2)
    assert not known
    assert not pairs

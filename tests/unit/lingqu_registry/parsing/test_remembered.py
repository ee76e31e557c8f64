from __future__ import annotations

from typing import NoReturn

import pytest

from lingqu_registry.parsing.remembered import Remembered


def never() -> NoReturn:
    raise AssertionError("it was remembered")


def test_a_value_is_worked_out_once() -> None:
    remembered = Remembered[str, int](capacity=10)

    assert remembered.get("a", 1, lambda: 5) == 5
    assert remembered.get("a", 1, never) == 5


def test_the_least_recently_asked_for_goes_first() -> None:
    remembered = Remembered[str, int](capacity=10)
    for key in "ab":
        remembered.get(key, 4, lambda: 1)
    remembered.get("a", 4, never)

    remembered.get("c", 4, lambda: 1)

    assert remembered.get("a", 4, never) == 1
    assert remembered.get("b", 4, lambda: 2) == 2


def test_what_is_too_large_is_answered_and_forgotten() -> None:
    remembered = Remembered[str, int](capacity=10)

    assert remembered.get("a", 11, lambda: 1) == 1
    assert remembered.get("a", 11, lambda: 2) == 2


def test_what_fails_is_tried_again() -> None:
    remembered = Remembered[str, int](capacity=10)

    with pytest.raises(AssertionError):
        remembered.get("a", 1, never)

    assert remembered.get("a", 1, lambda: 1) == 1

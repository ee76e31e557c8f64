"""Citizen identity numbers (GB 11643-1999): what is wrong with one, in a sentence."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_FORM: Final = re.compile(r"[0-9]{17}[0-9X]")


def check_character(first_17: str) -> str:
    """Return the 18th character for 17 digits."""
    total = sum(int(each) * weight for each, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def citizen_id_problem(number: str) -> str | None:
    """Return why it is none and what to do, None where it is one.

    The sentence repeats nothing of the number. Regions are not looked up: codes of the past are
    valid for life.
    """
    if not _FORM.fullmatch(number):
        return "an identity number has 17 digits and a digit or X (GB 11643-1999)"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "digits 7 to 14 are no day of birth; compare it with the card"
    if check_character(number[:17]) != number[17]:
        return "its check digit is wrong; compare it with the card"
    return None

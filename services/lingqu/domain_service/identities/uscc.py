"""Unified social credit codes (GB 32100-2015): what is wrong with one, in a sentence."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import mul
from typing import Final

# What a refused code breaks, in answers.
RULE: Final = "uscc_check_digit"

# 31 characters, weights 3^i mod 31; the last character makes the weighted sum a multiple of 31.
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
# As public registers hold them; who has which character is not verified.
_DEPARTMENTS: Final = "123456789ABCDEFGNY"
_FORM: Final = re.compile(f"[{_DEPARTMENTS}][{ALPHABET}]{{17}}")
_GLUED: Final = range(24, 37)
_REMEMBERED: Final = 65_536  # a table names the same enterprises and offices in many rows


def check_character(first_17: str) -> str:
    """Return the 18th character; the 17 before it are of the alphabet."""
    total = sum(map(mul, map(_VALUE.__getitem__, first_17), _WEIGHTS))
    return ALPHABET[-total % 31]


@lru_cache(_REMEMBERED)
def is_uscc(code: str) -> bool:
    """Say whether it is one, check digit included."""
    return bool(_FORM.fullmatch(code)) and check_character(code[:17]) == code[17]


def uscc_problem(code: str) -> str | None:
    """Return why it is none and what to do, None where it is one. The sentence repeats no code."""
    if is_uscc(code):
        return None
    size = len(code)
    if size in _GLUED:
        return (
            f"has {size} characters, so two codes seem to be glued together; "
            "give one of 18 characters"
        )
    if size != 18:
        return f"has {size} characters; a social credit code has 18 (GB 32100-2015)"
    for place, character in enumerate(code, 1):
        if character not in _VALUE:
            return (
                f"character {place}, {character!r}, is none of the code's: digits and capitals "
                "without I, O, S, V and Z"
            )
    if code[0] not in _DEPARTMENTS:
        return f"begins with {code[0]!r}, which no registering department has"
    return (
        f"its check digit should be {check_character(code[:17])!r} and is {code[17]!r}; "
        "compare it with the certificate"
    )

"""Enterprises that exist nowhere: social credit codes of the right form."""

from __future__ import annotations

import random

from lingqu.domain_service.identities.uscc import ALPHABET, check_character


def enterprises(region: str, count: int, chance: random.Random) -> list[str]:
    """Return so many valid codes of a region."""
    return [_code(region, chance) for _ in range(count)]


def with_wrong_check_digit(code: str) -> str:
    return code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]


def _code(region: str, chance: random.Random) -> str:
    district = (region + "0100")[:6]
    first = f"91{district}" + "".join(chance.choice(ALPHABET) for _ in range(9))
    return first + check_character(first)

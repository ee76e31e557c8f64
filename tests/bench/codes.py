"""Made-up social credit codes, by number: all valid, no two the same."""

from __future__ import annotations

from lingqu.domain_service.identities.uscc import ALPHABET, check_character

_BASE = len(ALPHABET)


def code_of(number: int) -> str:
    """Return the code of that number, below 31 to the 9th."""
    places = []
    for _ in range(9):
        number, place = divmod(number, _BASE)
        places.append(ALPHABET[place])
    first = f"91430100{''.join(reversed(places))}"
    return first + check_character(first)


def misprinted(code: str) -> str:
    """Return the code with another check digit."""
    return code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % _BASE]

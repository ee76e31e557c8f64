"""Money: 万元 as the agreements write it, whole fen (分) everywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field

FEN_PER_WAN = 1_000_000

# Six places of 万元 are one fen: a finer amount is refused where it is read, never rounded.
Wan = Annotated[Decimal, Field(ge=0, decimal_places=6, max_digits=18)]


def fen(wan: Decimal) -> int:
    """Return an amount in 万元 as whole fen."""
    return int(wan * FEN_PER_WAN)


def shown(amount_fen: int) -> str:
    """Return an amount as documents write it."""
    wan = Decimal(amount_fen) / FEN_PER_WAN
    return f"{wan.normalize():f}万元"


def divide(amount_fen: int, shares: Mapping[str, int]) -> dict[str, int]:
    """Divide by whole-number shares so that the parts make up the amount to the fen.

    Each gets its share rounded down; the fen left over go one each to the largest remainders,
    among equal ones to the first by code.
    """
    total = sum(shares.values())
    parts = {code: amount_fen * share // total for code, share in shares.items()}
    left = amount_fen - sum(parts.values())
    by_remainder = sorted(shares, key=lambda code: (-(amount_fen * shares[code] % total), code))
    for code in by_remainder[:left]:
        parts[code] += 1
    return parts

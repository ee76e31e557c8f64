"""Amounts as 双公示 states them, in 万元 with six decimals, and as events carry them, in fen."""

from __future__ import annotations

import re
from decimal import Decimal

_FEN_A_WAN = 1_000_000
_WRITTEN = re.compile(r"\d{1,12}(\.\d+)?", re.ASCII)


def wan_to_fen(text: str) -> int:
    """Return whole fen: 12.345678 万元 is 12 345 678 fen. Raises ValueError with cause and cure."""
    plain = text.strip().replace(",", "")
    if not _WRITTEN.fullmatch(plain):
        raise ValueError("is no amount in 万元; write digits such as 1.5")
    fen = Decimal(plain) * _FEN_A_WAN
    if fen != fen.to_integral_value():
        raise ValueError("is no whole fen; 万元 has six decimals at most")
    return int(fen)


def fen_to_wan(fen: int) -> str:
    """Return the amount in 万元, as short as it is exact."""
    wan = Decimal(fen) / _FEN_A_WAN
    return f"{wan:f}".rstrip("0").rstrip(".") if fen % _FEN_A_WAN else f"{wan:.0f}"

"""How a filing stands, and how it may go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOVES: Mapping[str, frozenset[str]] = {
    "valid": frozenset({"valid", "changed", "cancelled", "expired"}),
    "changed": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
}


def may_become(state: str, wanted: str) -> bool:
    """Tell whether a filing can go from one state to the other: an ended one stays as it is."""
    return wanted in _MOVES[state]


def covers(filing: Mapping[str, Any], day: int) -> bool:
    """Tell whether a filing covers a Beijing day; days are counted from 1970.

    A change or a cancellation ends it from `ended_on` on; what it covered before stays covered.
    """
    until, ended = filing.get("effective_until"), filing.get("ended_on")
    return bool(
        filing["effective_from"] <= day
        and (until is None or day <= until)
        and (ended is None or day < ended)
    )


def is_over(filing: Mapping[str, Any], today: int) -> bool:
    """Tell whether a valid filing's last day has passed."""
    until = filing.get("effective_until")
    return filing["state"] == "valid" and until is not None and until < today

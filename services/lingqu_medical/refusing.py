"""Why a statement is refused, in both languages, by the field at fault."""

from __future__ import annotations

from lingqu.errors import Reason


def refused(field: str, zh: str, en: str) -> Reason:
    """Return the reason; both sentences come without their stop."""
    return Reason("rejected", f"{zh}。{en}.", field=field)

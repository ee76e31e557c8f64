"""How a reversal goes on: a cancellation at once, a rectification by reconciliation only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingqu.errors import ConflictError

_MOVES: Mapping[str, tuple[str, ...]] = {
    "requested": ("pending_reconciliation", "proved", "disproved"),
    "pending_reconciliation": ("proved", "disproved"),
    "proved": (),
    "disproved": (),
}
WAITING = ("requested", "pending_reconciliation")
NEGATED = (
    "medfee_sumamt_fen",
    "fund_pay_sumamt_fen",
    "psn_part_amt_fen",
    "acct_pay_fen",
    "psn_cash_pay_fen",
    "hosp_part_amt_fen",
)
_COPIED = (
    "setl_id",
    "insured_region",
    "treatment_region",
    "insutype",
    "clr_type",
    "fixmedins_code",
    "held",
)


class IllegalReversalError(ConflictError):
    """A reversal cannot go that way; the sentence names the ways it can."""

    def __init__(self, reversal_id: str, state: str, wanted: str) -> None:
        ways = ", ".join(_MOVES[state]) or "none: it has ended"
        super().__init__(
            f"reversal {reversal_id!r} is {state} and cannot become {wanted}; possible: {ways}"
        )


def check_move(reversal_id: str, state: str, wanted: str) -> None:
    """Raise IllegalReversalError where a reversal cannot go from one state to the other."""
    if state != wanted and wanted not in _MOVES[state]:
        raise IllegalReversalError(reversal_id, state, wanted)


def negative_record(settlement: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a reversal takes from the settlement it undoes: the same amounts negated."""
    return {name: settlement[name] for name in _COPIED} | {
        "settled_at": settlement["setl_time"],
        "original_period": settlement["period"],
        **{name: -settlement[name] for name in NEGATED},
    }

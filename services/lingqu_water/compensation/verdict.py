"""What a rule says of a period: the outcome, the payments and the words for both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lingqu_water.compensation.account import Line, Outcome, PoolShare
from lingqu_water.compensation.money import divide, fen
from lingqu_water.compensation.terms import Transfer


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's answer; `missing` says which figures the operator has yet to load."""

    outcome: Outcome | None
    lines: tuple[Line, ...] = ()
    reasons: tuple[str, ...] = ()
    index: float | None = None
    pass_percent: float | None = None
    shares: tuple[PoolShare, ...] = ()
    unverified: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def paid(
    outcome: Outcome,
    transfers: Iterable[Transfer],
    reason: str,
    *,
    unverified: Iterable[str] = (),
    index: float | None = None,
    pass_percent: float | None = None,
) -> Verdict:
    """Return the verdict that these transfers follow, each divided among its payees."""
    transfers = tuple(transfers)
    doubts = [*unverified, *("金额" for one in transfers if not one.verified)]
    return Verdict(
        outcome=outcome,
        lines=tuple(line for one in transfers for line in _lines(one, reason)),
        reasons=(reason,),
        index=index,
        pass_percent=pass_percent,
        unverified=tuple(dict.fromkeys(doubts)),
        missing=tuple({"金额" for one in transfers if one.amount_wan is None}),
    )


def _lines(transfer: Transfer, reason: str) -> Iterator[Line]:
    if transfer.amount_wan is None:
        for payee in sorted(transfer.payees):
            yield Line(transfer.payer, payee, None, reason)
        return
    parts = divide(fen(transfer.amount_wan), transfer.payees)
    for payee, part in sorted(parts.items()):
        if part:
            yield Line(transfer.payer, payee, part, reason)

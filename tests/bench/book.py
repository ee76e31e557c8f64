"""A second book of settlements and reversals, kept row by row without the service's code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from tests.bench.process import BenchError
from tests.bench.settlements import Settled

_SUMS = (
    "settlement_count",
    "reversal_count",
    "medfee_sumamt_fen",
    "amount_fen",
    "acct_pay_fen",
    "held_count",
)

Key = tuple[str, str, str]
LineKey = tuple[str, bool, str | None]


class Book:
    """What each insured region and fund owes by period; what is reversed late goes to the next."""

    def __init__(self, settled: Iterable[Settled]) -> None:
        self.reversals = 0
        self._stated: set[str] = set()
        self._sums: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_SUMS, 0))
        self._lines: dict[Key, dict[LineKey, int]] = defaultdict(lambda: defaultdict(int))
        for each in settled:
            self._note(each, each.period, 1)

    def state(self, period: str) -> None:
        """Close a period."""
        self._stated.add(period)

    def reverse(self, settled: Settled) -> None:
        """Take a settlement back in its own period, or the first after it that is open."""
        period = settled.period
        while period in self._stated:
            period = f"{period[:5]}{int(period[5:]) + 1:02}"
        self.reversals += 1
        self._note(settled, period, -1)

    def check(self, found: Mapping[Key, Mapping[str, Any]]) -> None:
        """Raise unless there are these statements with these sums and lines, and no others."""
        wanted = {key: sums for key, sums in self._sums.items() if self._lines[key]}
        if found.keys() != wanted.keys():
            raise BenchError(f"statements differ: {sorted(found.keys() ^ wanted.keys())[:5]}")
        for key, sums in wanted.items():
            told = {name: found[key][name] for name in _SUMS}
            lines = {_line_key(line): line["fund_pay_sumamt_fen"] for line in found[key]["lines"]}
            if (told, lines) != (sums, self._lines[key]):
                raise BenchError(f"statement {key} says {told} instead of {sums}; {lines}")

    def _note(self, settled: Settled, period: str, sign: int) -> None:
        key = settled.insured_region, settled.insutype, period
        sums = self._sums[key]
        if settled.held:
            sums["held_count"] += sign > 0
            return
        sums["settlement_count" if sign > 0 else "reversal_count"] += 1
        sums["medfee_sumamt_fen"] += sign * settled.medfee_sumamt_fen
        sums["amount_fen"] += sign * settled.fund_pay_sumamt_fen
        sums["acct_pay_fen"] += sign * settled.acct_pay_fen
        of = None if period == settled.period else settled.period
        line = settled.clr_type, sign < 0, of
        self._lines[key][line] += sign * settled.fund_pay_sumamt_fen


def _line_key(line: Mapping[str, Any]) -> LineKey:
    return line["clr_type"], line["refunded"], line["original_period"]

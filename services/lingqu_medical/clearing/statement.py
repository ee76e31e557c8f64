"""A gross statement: what one province's fund owes another's hospitals for a period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


class StatementKey(NamedTuple):
    """Direction, fund and period; each makes a statement of its own."""

    treatment_region: str
    insured_region: str
    insutype: str
    period: str

    def __str__(self) -> str:
        return f"{self.insured_region}→{self.treatment_region} {self.insutype} {self.period}"


@dataclass(frozen=True, slots=True)
class Line:
    """Settlements or negative records of one kind, and of one original period."""

    clr_type: str
    refunded: bool
    original_period: str | None
    count: int
    medfee_sumamt_fen: int
    fund_pay_sumamt_fen: int
    acct_pay_fen: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a book comes to under a key; `held` settlements are counted and not in the amount.

    `amount_fen` is what is owed, gross; negative where more was reversed than settled.
    """

    key: StatementKey
    lines: tuple[Line, ...] = ()
    held_count: int = 0
    amount_fen: int = 0

    def fields(self) -> dict[str, Any]:
        """Return the statement as its event carries it."""
        lines = self.lines
        return {
            **self.key._asdict(),
            "settlement_count": sum(line.count for line in lines if not line.refunded),
            "reversal_count": sum(line.count for line in lines if line.refunded),
            "medfee_sumamt_fen": sum(line.medfee_sumamt_fen for line in lines),
            "amount_fen": self.amount_fen,
            "acct_pay_fen": sum(line.acct_pay_fen for line in lines),
            "held_count": self.held_count,
            "lines": [asdict(line) for line in lines],
        }


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines in the order in which both books write them."""
    return tuple(
        sorted(lines, key=lambda line: (line.clr_type, line.refunded, line.original_period or ""))
    )


def key_of(event: Mapping[str, Any]) -> StatementKey:
    """Return what an event of medical.clearing speaks of."""
    return StatementKey(*(event[name] for name in StatementKey._fields))


def statement_of(event: Mapping[str, Any]) -> Statement:
    """Return the statement that an event of medical.clearing carries."""
    lines = in_order(Line(**line) for line in event["lines"])
    return Statement(key_of(event), lines, event["held_count"], event["amount_fen"])

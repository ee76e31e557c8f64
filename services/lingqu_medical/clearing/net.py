"""What would remain if both directions were set off: to look at, never to pay."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lingqu_medical.clearing.book import Book
from lingqu_medical.clearing.statement import StatementKey


def net(session: Session, book: Book, one: str, other: str, period: str) -> list[dict[str, Any]]:
    """Return by fund what each owes the other, gross, and what the first would receive net."""
    owed: dict[tuple[str, str], int] = {}
    for treatment, insured in ((one, other), (other, one)):
        found = book.statements(
            session, treatment_region=treatment, insured_region=insured, period=period
        )
        owed |= {(treatment, key.insutype): each.amount_fen for key, each in found.items()}
    funds = sorted({insutype for _, insutype in owed})
    return [_line(owed, one, other, StatementKey(one, other, fund, period)) for fund in funds]


def _line(
    owed: dict[tuple[str, str], int], one: str, other: str, key: StatementKey
) -> dict[str, Any]:
    receives = owed.get((one, key.insutype), 0)
    pays = owed.get((other, key.insutype), 0)
    return {
        "insutype": key.insutype,
        "period": key.period,
        "region": one,
        "receives_fen": receives,
        "pays_fen": pays,
        "net_fen": receives - pays,
        "display_only": True,
    }

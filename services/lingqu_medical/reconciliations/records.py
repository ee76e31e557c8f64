"""Our own records over some days, as reconciliation sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lingqu_medical.reconciliations.compare import Row
from lingqu_medical.reconciliations.scope import Scope
from lingqu_medical.tables import REVERSAL, SETTLEMENT


class Record(NamedTuple):
    """A row with the fund and kind of clearing that its total counts it under."""

    insutype: str
    clr_type: str
    row: Row


def records(session: Session, scope: Scope) -> list[Record]:
    """Return what was settled and taken back in the scope, by id, the first before the negative."""
    settled = SETTLEMENT.c
    taken_back = REVERSAL.c
    found = [
        *_rows(session, settled.setl_id, settled.setl_time, scope, refunded=False),
        *_rows(session, taken_back.setl_id, taken_back.reversed_at, scope, refunded=True),
    ]
    return sorted(found, key=lambda record: record.row.place)


@dataclass(slots=True)
class _Sum:
    count: int = 0
    medfee_sumamt_fen: int = 0
    fund_pay_sumamt_fen: int = 0
    acct_pay_fen: int = 0

    def add(self, row: Row) -> None:
        self.count += 1
        self.medfee_sumamt_fen += row.medfee_sumamt_fen
        self.fund_pay_sumamt_fen += row.fund_pay_sumamt_fen
        self.acct_pay_fen += row.acct_pay_fen


def totals(found: Iterable[Record]) -> list[dict[str, Any]]:
    """Return the sums by fund, kind of clearing and sign, as 3201 tells them."""
    sums: dict[tuple[str, str, bool], _Sum] = {}
    for insutype, clr_type, row in found:
        sums.setdefault((insutype, clr_type, row.refunded), _Sum()).add(row)
    return [
        {
            "insutype": insutype,
            "clr_type": clr_type,
            "refunded": refunded,
            "count": each.count,
            "medfee_sumamt_fen": each.medfee_sumamt_fen,
            "fund_pay_sumamt_fen": each.fund_pay_sumamt_fen,
            "acct_pay_fen": each.acct_pay_fen,
        }
        for (insutype, clr_type, refunded), each in sorted(sums.items())
    ]


def _rows(
    session: Session, name: Any, at: Any, scope: Scope, *, refunded: bool
) -> Iterator[Record]:
    columns: Mapping[str, Any] = name.table.c
    conditions: list[ColumnElement[bool]] = [
        columns["treatment_region"] == scope.treatment_region,
        columns["insured_region"] == scope.insured_region,
        at >= scope.from_ms,
        at < scope.until_ms,
    ]
    if refunded:
        conditions.append(columns["period"].is_not(None))
    amounts = ("medfee_sumamt_fen", "fund_pay_sumamt_fen", "acct_pay_fen")
    told = select(
        columns["insutype"], columns["clr_type"], name, *(columns[one] for one in amounts)
    )
    for insutype, clr_type, id_, *fen in session.execute(told.where(*conditions)):
        yield Record(insutype, clr_type or "", Row(id_, refunded, *fen))

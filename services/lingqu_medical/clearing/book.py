"""Statements made by the database from what was settled and reversed, and from nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field
from sqlalchemy import ColumnElement, Select, Table, and_, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.domain_service.filters import equal
from lingqu_medical.clearing.statement import Line, Statement, StatementKey, in_order
from lingqu_medical.reference import read_reference
from lingqu_medical.tables import REVERSAL, SETTLEMENT

Amount = Literal["medfee_sumamt_fen", "fund_pay_sumamt_fen", "acct_pay_fen"]

_SUMS: tuple[Amount, ...] = get_args(Amount)


class _ClearingFile(ClosedModel):
    source: str
    verified: bool
    amount: tuple[Amount, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Book:
    """What was settled and reversed, as statements; `cleared` are the amounts that one owes."""

    cleared: tuple[Amount, ...]

    def statements(
        self,
        session: Session,
        *,
        treatment_region: str | None = None,
        insured_region: str | None = None,
        insutype: str | None = None,
        period: str | None = None,
    ) -> dict[StatementKey, Statement]:
        """Return what this book comes to, by direction, fund and period, of those wanted.

        Funds and directions are never mixed, and nothing is set off.
        """
        wanted = {
            "treatment_region": treatment_region,
            "insured_region": insured_region,
            "insutype": insutype,
            "period": period,
        }
        settled = _summed(SETTLEMENT, wanted, literal(value=False), true())
        standing = and_(REVERSAL.c.state == "proved", REVERSAL.c.period.is_not(None))
        reversed_ = _summed(REVERSAL, wanted, literal(value=True), standing)
        lines: dict[StatementKey, list[Line]] = defaultdict(list)
        held: dict[StatementKey, int] = defaultdict(int)
        for row in session.execute(union_all(settled, reversed_)):
            key = StatementKey(*row[:4])
            if row.held:
                held[key] += 0 if row.refunded else row.count_
            else:
                sums = map(int, row[-len(_SUMS) :])
                of = row.clr_type, bool(row.refunded), row.original_period
                lines[key].append(Line(*of, row.count_, *sums))
        keys = sorted(lines.keys() | held.keys())
        return {key: self._statement(key, lines[key], held[key]) for key in keys}

    def statement(self, session: Session, key: StatementKey) -> Statement:
        """Return what this book comes to under one key."""
        return self.statements(session, **key._asdict()).get(key, Statement(key))

    def _statement(self, key: StatementKey, lines: Iterable[Line], held_count: int) -> Statement:
        told = in_order(lines)
        amount_fen = sum(getattr(line, name) for line in told for name in self.cleared)
        return Statement(key, told, held_count, amount_fen)


def load_book(folder: Path | None = None) -> Book:
    """Return the book by the operator's file, else by the one that ships."""
    return Book(read_reference("clearing.yaml", _ClearingFile, folder).amount)


def _summed(
    table: Table,
    wanted: dict[str, str | None],
    refunded: ColumnElement[bool],
    condition: ColumnElement[bool],
) -> Select[Any]:
    columns = table.c
    clr_type = func.coalesce(columns.clr_type, "")
    groups = [*(columns[name] for name in StatementKey._fields), clr_type, columns.original_period]
    return (
        select(
            *(columns[name] for name in StatementKey._fields),
            clr_type.label("clr_type"),
            refunded.label("refunded"),
            columns.original_period,
            columns.held,
            func.count().label("count_"),
            *(func.sum(columns[name]).label(name) for name in _SUMS),
        )
        .where(condition, *equal(table, **wanted))
        .group_by(*groups, columns.held)
    )

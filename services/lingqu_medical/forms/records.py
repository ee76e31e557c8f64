"""The forms of filings, settlements and reversals: their columns are the contracts' fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lingqu.contracts.model import ContractVersion
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.domain_service.imports.record_form import RecordForm

# What follows from the rest, and is never filled in.
_SETTLEMENT_FOLLOWS = (
    "insured_region",
    "treatment_region",
    "period",
    "original_period",
    "fund_includes_account",
    "tolerance_fen",
    "held",
)
_REVERSAL_FOLLOWS = (
    "state",
    "treatment_region",
    "clr_type",
    "period",
    "original_period",
    "medfee_sumamt_fen",
    "fund_pay_sumamt_fen",
    "psn_part_amt_fen",
    "acct_pay_fen",
    "psn_cash_pay_fen",
    "hosp_part_amt_fen",
    "held",
    "proved_by",
    "proved_on",
)
_SETTLEMENT_NEEDS = frozenset(
    {"insuplc_admdvs", "mdtrtarea_admvs", "medfee_sumamt_fen", "fund_pay_sumamt_fen"}
)
_EXAMPLE = {
    "setl_id": "S43-0001",
    "insuplc_admdvs": "440100",
    "mdtrtarea_admvs": "430100",
    "insutype": "310",
    "med_type": "21",
    "setl_time": "2026-10-18 16:20",
    "medfee_sumamt_fen": "12345.67",
    "inscp_scp_amt_fen": "12345.67",
    "hifp_pay_fen": "8500.00",
    "fund_pay_sumamt_fen": "8500.00",
    "psn_part_amt_fen": "3845.67",
    "acct_pay_fen": "845.67",
    "psn_cash_pay_fen": "3000.00",
}


def filing_form(version: ContractVersion) -> RecordForm:
    """Return the form of filings."""
    return RecordForm("filing", "异地就医备案", columns_of(version))


def settlement_form(version: ContractVersion) -> RecordForm:
    """Return the form of settlements; a heading may be the interface's own name of the field."""
    columns = columns_of(version, leave_out=_SETTLEMENT_FOLLOWS)
    return RecordForm("settlement", "异地就医结算", tuple(map(_settlement_column, columns)))


def reversal_form(version: ContractVersion) -> RecordForm:
    """Return the form of cancellations and rectifications."""
    columns = columns_of(version, leave_out=_REVERSAL_FOLLOWS)
    optional = (
        replace(one, required=False) if one.field == "insured_region" else one for one in columns
    )
    return RecordForm("reversal", "异地就医撤销冲正", tuple(optional))


def settlement_export(version: ContractVersion) -> tuple[Column, ...]:
    """Return the columns that settlements are exported with: nothing about the person."""
    return tuple(_not_personal(columns_of(version)))


def _settlement_column(column: Column) -> Column:
    field = column.field
    known = (field.removesuffix("_fen"),) if field.endswith("_fen") else ()
    return replace(
        column,
        required=column.required or field in _SETTLEMENT_NEEDS,
        other_headings=known,
        example=_EXAMPLE.get(field, ""),
    )


def _not_personal(columns: Iterable[Column]) -> Iterable[Column]:
    return (each for each in columns if not each.personal)

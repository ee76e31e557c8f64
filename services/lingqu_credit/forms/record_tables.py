"""The forms of records, derived from their contracts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import Contract
from lingqu.domain_service.imports import readers
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.domain_service.imports.contract_form import valid_examples
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document
from lingqu.sheets.template import Template
from lingqu_credit.forms.codes import CODES
from lingqu_credit.forms.measure_columns import (
    measure_columns,
    take_measures,
    with_measure_cells,
)
from lingqu_credit.measures.closed_list import ClosedList, load_closed_list
from lingqu_credit.records.kinds import KINDS, SET_BY_HUB

LEFT_OUT: Final = SET_BY_HUB | {"measures", "unified_class", "classification_edition", "purpose"}
_GRADE: Final = frozenset({"grade"})
_ID: Final = "record_id"
_ID_HELP: Final = "新记录留空,由枢纽生成;更正时照导出表填写"
_EXAMPLES: Final = 2
# What the contracts' rules ask of every statement, though withdrawals leave it out.
_DECIDED: Final = frozenset({"decided_on", "authority"})
_REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    "licence": _DECIDED | {"document_no"},
    "penalty": _DECIDED | {"document_no", "facts", "basis", "penalty_type"},
    "rating": _DECIDED | {"level"},
    "dishonesty": _DECIDED | {"decision_no", "basis", "reason"},
    "abnormal": _DECIDED | {"basis", "reason"},
}
_FEN_A_WAN: Final = 1_000_000
_STATUS: Final = {"有效": "valid", "无效": "invalid", "1": "valid", "2": "invalid"}


def record_form(contract: Contract, measures: ClosedList) -> RecordForm:
    """Return the form of a kind's contract; its amounts are in 万元, as 双公示 has them.

    What is dishonest has columns for its measures; the record's id comes last.
    """
    kind = contract.event
    dishonest = KINDS[kind].dishonest
    ungraded = frozenset() if dishonest else _GRADE
    codes = CODES.get(kind, {})
    found = [
        _column(each, codes.get(each.field, ()), _REQUIRED[kind])
        for each in columns_of(contract.latest(), leave_out=LEFT_OUT | ungraded)
    ]
    columns = [each for each in found if each.field != _ID]
    columns += measure_columns(measures) if dishonest else ()
    columns += (each for each in found if each.field == _ID)
    shown = [each for each in valid_examples(contract) if each.get("change", "first") == "first"]
    return RecordForm(
        kind,
        contract.title_zh,
        columns,
        complete=partial(_complete, kind),
        examples=[with_measure_cells(each | {_ID: None}) for each in shown[:_EXAMPLES]],
    )


def row_of(document: Document) -> Document:
    """Return a record as its form writes it: one column for all subjects' names, and measures."""
    name = document["subject_name"] or document.get("person_name")
    return with_measure_cells(document) | {"subject_name": name}


def record_templates() -> Mapping[str, Callable[[], Template]]:
    """Return what makes the template of each kind, for commands without a service."""
    return {kind: partial(_template, kind) for kind in KINDS}


def _template(kind: str, folder: Path | None = None) -> Template:
    contract = load_catalogue(schemas_dir(folder)).contract(KINDS[kind].contract)
    return record_form(contract, load_closed_list()).template()


def _column(column: Column, codes: tuple[str, ...], required: Collection[str]) -> Column:
    told = replace(
        column, other_headings=codes, required=column.required or column.field in required
    )
    if column.field == "licence_status":
        return replace(told, read=readers.word(_STATUS))
    if column.field.endswith("_fen"):
        return replace(
            told,
            heading=f"{column.heading}(万元)",
            other_headings=(*codes, column.heading),
            read=readers.fen_of_wan,
            write=fen_to_wan,
            help=column.help.replace("单位:元", "单位:万元,至多六位小数"),
        )
    if column.field == _ID:
        return replace(told, required=False, default=None, help=_ID_HELP)
    if column.field == "subject_name":
        return replace(told, other_headings=(*codes, "行政相对人名称(姓名)"))
    return told


def fen_to_wan(fen: int) -> str:
    """Return the amount in 万元, as short as it is exact."""
    whole, rest = divmod(fen, _FEN_A_WAN)
    return f"{Decimal(fen) / _FEN_A_WAN:f}".rstrip("0") if rest else str(whole)


def _complete(kind: str, statement: Document) -> Document:
    """Put a natural person's name where persons stand: 双公示 has one column for all subjects."""
    told: dict[str, Any] = dict(statement)
    take_measures(told)
    if told.get("subject_type") == "natural_person":
        told["person_name"] = told.get("person_name") or told.get("subject_name")
        told["subject_name"] = None
    if kind == "rating":
        public = told.get("rating_type") == "public_evaluation"
        told["purpose"] = "public" if public else "regulation"
    return told

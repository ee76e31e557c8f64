"""The form of objections, and what came of each where they are exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import Contract
from lingqu.domain_service.imports import writers
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.domain_service.imports.contract_form import valid_examples
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document
from lingqu.sheets.template import Template
from lingqu_credit.objections.lifecycle import Course

CONTRACT: Final = "credit.objection"
_ID: Final = "objection_id"
_HELP: Final = {
    _ID: "新异议留空,由枢纽生成;导出表中的异议再次导入时不重复提出",
    "record_id": "记录标识,见记录导出表的最后一列",
}
_STATED: Final = ("record_kind", "record_id", "raised_by", "field", "claim", "evidence")
_CONTACT: Final = ("contact_name", "contact_phone")
_REQUIRED: Final = frozenset({"record_kind", "record_id", "raised_by", "claim"})
_STATES: Final = {
    "已提出": "raised",
    "已受理": "accepted",
    "已更正": "corrected",
    "无误": "not_wrong",
    "无法核实": "cannot_verify",
    "已撤回": "withdrawn",
}
_OUTCOME: Final = (
    Column("异议状态", "state", write=writers.word(_STATES)),
    Column("答复时限", "answer_by", write=writers.instant),
    Column("核查说明", "decision_reason"),
    Column("尚未采纳更正的区域", "untaken", write=writers.texts),
)


def objection_form(contract: Contract) -> RecordForm:
    """Return the form in which objections are raised many at a time."""
    by_field = {each.field: each for each in columns_of(contract.latest())}
    columns = [_column(by_field[field]) for field in (*_STATED, *_CONTACT, _ID)]
    raised = [each for each in valid_examples(contract) if each["step"] == "raised"]
    return RecordForm(
        contract.event,
        contract.title_zh,
        columns,
        examples=[each | {_ID: None} for each in raised[:1]],
    )


def objection_template(folder: Path | None = None) -> Template:
    """Return the form to fill in, for commands without a service."""
    return objection_form(load_catalogue(schemas_dir(folder)).contract(CONTRACT)).template()


def exported_columns(form: RecordForm) -> Sequence[Column]:
    """Return the form's columns with those that say what came of an objection."""
    return (*form.columns, *_OUTCOME)


def row_of(steps: Sequence[Document], at: Course) -> Document:
    """Return an objection as a row of the export; `steps` are its own in their order."""
    told: dict[str, Any] = dict(steps[0])
    decided = next((each for each in steps if each["step"] == "decided"), {})
    outcome = {"decision_reason": decided.get("decision_reason"), "untaken": list(at.untaken)}
    return told | outcome | {"state": at.state}


def _column(column: Column) -> Column:
    field = column.field
    return replace(
        column,
        required=field in _REQUIRED,
        default=None if field == _ID else column.default,
        help=_HELP.get(field, column.help),
    )

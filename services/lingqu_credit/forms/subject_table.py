"""The form of changes of subjects' identity: registered, renamed, merged, cancelled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import Contract
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.domain_service.imports.contract_form import valid_examples
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.sheets.template import Template

CONTRACT: Final = "credit.subject"
_ID: Final = "change_id"
_ID_HELP: Final = "新变更留空,由枢纽生成;更正生效日期时照导出表填写"


def subject_form(contract: Contract) -> RecordForm:
    """Return the form; the change's id comes last."""
    columns = [_column(each) for each in columns_of(contract.latest())]
    columns.sort(key=lambda each: each.field == _ID)
    told = [each for each in valid_examples(contract) if each.get("change", "first") == "first"]
    by_event = {each["subject_event"]: each | {_ID: None} for each in told}
    return RecordForm(contract.event, contract.title_zh, columns, examples=list(by_event.values()))


def subject_template(folder: Path | None = None) -> Template:
    """Return the form to fill in, for commands without a service."""
    return subject_form(load_catalogue(schemas_dir(folder)).contract(CONTRACT)).template()


def _column(column: Column) -> Column:
    if column.field == _ID:
        return replace(column, required=False, default=None, help=_ID_HELP)
    return column

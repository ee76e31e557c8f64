"""The form of declarations: one row a declaration, its goods as codes in one cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from lingqu.contracts.model import ContractVersion
from lingqu.domain_service.imports import readers, writers
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document
from lingqu.sheets.problems import CellError, Sentence, shown
from lingqu_customs.checks import Checks
from lingqu_customs.declarations.complete import FOLDED, complete_declaration
from lingqu_customs.forms.judged import judged
from lingqu_customs.lifecycle.state import NAMES
from lingqu_customs.nouns import DECLARATIONS
from lingqu_customs.numbers import is_hs_code

NAME = "declaration"

# Codes that people's programs fill with full-width digits, blanks or an apostrophe.
_CODES: Collection[str] = frozenset(
    {
        "declare_office",
        "entry_exit_office",
        "transport_mode",
        "supervision_mode",
        "levy_nature",
        "declaration_type",
        "document_type",
        "packing",
        "trade_country",
        "trade_terms",
        "currency",
    }
)
_OTHER_HEADINGS = {
    "declaration_no": ("统一编号", "数据中心统一编号"),
    "customs_no": ("报关单号", "报关单海关编号"),
    "entry_exit_office": ("进出境关别代码", "出境关别", "进境关别"),
    "owner_name": ("境内收发货人", "境内发货人", "境内收货人"),
    "declare_office": ("申报地海关代码", "申报关区"),
    "counterparty": ("境外收货人", "境外发货人"),
}
_EXAMPLES = {
    "declaration_no": "E20260000000000001",
    "direction": "出口",
    "source": "国际贸易单一窗口",
    "authorisation_ref": "示例授权-0001",
    "declare_office": "4900",
    "entry_exit_office": "5316",
    "declared_at": "2026-06-01 09:58",
    "transport_mode": "4",
    "supervision_mode": "0110",
}


_NOT_TOLD = {
    "ciq_code": None,
    "name": "",
    "quantity": None,
    "unit": None,
    "origin_country": None,
    "total_fen": None,
}
_NO_HS_CODE = Sentence(
    "no_hs_code",
    "reads {shown}, but each 商品编号 has 10 digits; separate several by 、",
    "内容为 {shown},商品编号须为 10 位数字,多项以 、 分隔",
)


def _goods(cell: str) -> list[Document]:
    """Return an item for each tariff code in the cell; rows share what equal cells hold."""
    codes = [readers.code(each) for each in readers.texts(cell)]
    if not all(map(is_hs_code, codes)):
        raise CellError(_NO_HS_CODE.about(shown=shown(cell)))
    return [
        {"item_no": number, "hs_code": code, **_NOT_TOLD} for number, code in enumerate(codes, 1)
    ]


GOODS = Column(
    "商品编号",
    "goods",
    read=_goods,
    write=lambda goods: writers.texts([each["hs_code"] for each in goods]),
    help="10 位商品编号,多项以 、 分隔;商品品目由此得出",
    default=[],
    example="0203291000",
)
_STATES = {name: state for state, name in NAMES.items()}
# What customs decides: it is exported, and not read.
STATE = Column("通关状态", "state", read=readers.word(_STATES), write=writers.word(_STATES))


def declaration_form(version: ContractVersion, checks: Checks) -> RecordForm:
    """Return the form for the contract's fields, judged by the code tables."""
    told = columns_of(version, leave_out=FOLDED)
    columns = [*(_column(each, checks) for each in told), GOODS]
    complete = judged(checks, DECLARATIONS.name, _complete)
    return RecordForm(NAME, "报关单", columns, complete=complete)


def _column(column: Column, checks: Checks) -> Column:
    field = column.field
    return replace(
        column,
        read=readers.code if field in _CODES else column.read,
        choices=column.choices or _choices(field, checks),
        other_headings=_OTHER_HEADINGS.get(field, ()),
        example=_EXAMPLES.get(field, ""),
    )


def _choices(field: str, checks: Checks) -> Mapping[str, str]:
    """Return the codes in force for the field, with their names, where we know all of them."""
    if field == "supervision_mode":
        last = {code: rows[-1] for code, rows in checks.modes.by_code.items()}
        return {code: row.name for code, row in last.items() if row.valid_until is None}
    table = checks.codes.by_field.get(field)
    return table.codes if table is not None and table.complete else {}


def _complete(statement: Document) -> Document:
    """Return the whole statement, with the headings of its goods where none are given."""
    headings = statement["hs4"] or list(
        dict.fromkeys(each["hs_code"][:4] for each in statement["goods"])
    )
    return complete_declaration(statement | {"hs4": headings})

"""The forms of what else is stated: their columns are those of the contracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from types import MappingProxyType

from lingqu.contracts.model import Catalogue, Contract
from lingqu.domain_service.imports import readers, writers
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.domain_service.imports.contract_form import valid_examples
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document, Noun
from lingqu_customs.checks import Checks
from lingqu_customs.forms.declaration import declaration_form
from lingqu_customs.forms.judged import judged
from lingqu_customs.forms.receipt import NAME as RECEIPT
from lingqu_customs.forms.receipt import receipt_form
from lingqu_customs.nouns import AMENDMENTS, DECLARATIONS, INSPECTIONS, LEVELS, NOUNS, TRANSITS

_YES_NO = {"是": True, "否": False}
# What the port found on arrival is a record in the contract, and three cells of a row.
_FEEDBACK = (
    Column("到货时间", "arrived_at", read=readers.instant, write=writers.instant),
    Column("封识完好", "feedback_seals_intact", read=readers.word(_YES_NO), choices=_YES_NO),
    Column("准予放行", "accepted", read=readers.word(_YES_NO), choices=_YES_NO),
)
_EXAMPLES = 2
TITLES: Mapping[str, str] = MappingProxyType(
    {
        DECLARATIONS.name: "报关单",
        RECEIPT: "报关单回执",
        AMENDMENTS.name: "修撤单",
        TRANSITS.name: "转关",
        INSPECTIONS.name: "检验检疫",
        LEVELS.name: "企业信用等级",
    }
)


def form_of(name: str, catalogue: Catalogue, checks: Checks) -> RecordForm:
    """Return the form of that name, one of TITLES."""
    if name == RECEIPT:
        return receipt_form()
    noun = next(each for each in NOUNS if each.name == name)
    contract, major = catalogue.by_topic(noun.topic)
    if noun is DECLARATIONS:
        return declaration_form(contract.latest(major), checks)
    return _form(noun, contract, checks)


def _form(noun: Noun, contract: Contract, checks: Checks) -> RecordForm:
    inspects = noun is INSPECTIONS
    complete: Callable[[Document], Document] = _with_feedback if inspects else _as_it_is
    columns = (*columns_of(contract.latest()), *(_FEEDBACK if inspects else ()))
    return RecordForm(
        noun.name,
        TITLES[noun.name],
        columns,
        complete=judged(checks, noun.name, complete),
        examples=list(islice(valid_examples(contract), _EXAMPLES)),
    )


def _as_it_is(statement: Document) -> Document:
    return statement


def _with_feedback(statement: Document) -> Document:
    arrived, intact, accepted = (statement.pop(column.field, None) for column in _FEEDBACK)
    feedback = None
    if arrived is not None:
        feedback = {
            "arrived_at": arrived,
            "seals_intact": bool(intact),
            "accepted": bool(accepted),
            "remark": None,
        }
    return statement | {"feedback": feedback}

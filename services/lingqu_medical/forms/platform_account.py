"""The form of the platform's detailed account (3202), as it is saved as a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.domain_service.imports import readers, writers
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document
from lingqu_medical.reference import read_reference

_AMOUNTS = ("medfee_sumamt_fen", "fund_pay_sumamt_fen", "acct_pay_fen")
_MORE: Mapping[str, dict[str, Any]] = {
    "id": {"required": True},
    "insutype": {"default": ""},
    "clr_type": {"default": ""},
    "medfee_sumamt_fen": {"default": 0},
    "fund_pay_sumamt_fen": {"required": True},
    "acct_pay_fen": {"default": 0},
}

Headings = Annotated[tuple[str, ...], Field(min_length=1)]


class _Headings(ClosedModel):
    id: Headings
    insutype: Headings
    clr_type: Headings
    refunded: Headings
    medfee_sumamt_fen: Headings
    fund_pay_sumamt_fen: Headings
    acct_pay_fen: Headings
    msgid: Headings


class PlatformLayout(ClosedModel):
    """How the account is headed, and how it writes negative records."""

    source: str
    verified: bool
    refunded_words: dict[str, bool] = Field(min_length=1)
    refunded_amounts: Literal["negative", "positive"]
    columns: _Headings


def load_layout(folder: Path | None = None) -> PlatformLayout:
    """Return the operator's layout, else the one that ships."""
    return read_reference("platform-account.yaml", PlatformLayout, folder)


def platform_form(layout: PlatformLayout) -> RecordForm:
    """Return the form; in its statements a negative record's amounts are negative."""
    names: dict[str, Headings] = layout.columns.model_dump()
    columns = tuple(_column(field, headings, layout) for field, headings in names.items())
    complete = _negated if layout.refunded_amounts == "positive" else _as_it_is
    return RecordForm("platform", "国家平台明细账", columns, complete=complete)


def _column(field: str, headings: Headings, layout: PlatformLayout) -> Column:
    heading, *others = headings
    more = _MORE.get(field, {}) | {"other_headings": tuple(others)}
    if field == "refunded":
        words = layout.refunded_words
        return Column(heading, field, readers.word(words), choices=words, default=False, **more)
    if field in _AMOUNTS:
        units = {"元": readers.fen, "万元": readers.fen_of_wan}
        more |= {"kind": "number", "write": writers.fen, "help": "单位:元", "units": units}
        return Column(heading, field, readers.fen, **more)
    return Column(heading, field, readers.code, **more)


def _as_it_is(statement: Document) -> Document:
    return statement


def _negated(statement: Document) -> Document:
    if not statement["refunded"]:
        return statement
    return statement | {name: -abs(statement[name]) for name in _AMOUNTS}

"""Files of declarations and receipts, read, refused by the cell, and written to be read again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from lingqu.contracts.loader import load_catalogue
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.sheets.opening import open_table
from lingqu_customs.checks import Checks
from lingqu_customs.forms.stated import TITLES, form_of

CATALOGUE = load_catalogue(Path(__file__).parents[4] / "schemas")
CHECKS = Checks.load()
DECLARATION, RECEIPT = (form_of(name, CATALOGUE, CHECKS) for name in ("declaration", "receipt"))
HEADING = "统一编号,进出口标志,数据来源,授权编号,申报地海关,申报时间,商品编号"


def rows(form: RecordForm, text: str) -> list[Any]:
    table = open_table(io.BytesIO(text.encode()), "a.csv", form.recognises)
    with form.read(table, "a.csv", table.close) as opened:
        return list(opened)


def one(form: RecordForm, heading: str, cells: str) -> Any:
    (row,) = rows(form, f"{heading}\n{cells}\n")
    return row


def test_a_row_becomes_a_whole_statement() -> None:
    cells = "Ｅ20260000000000001,出口,单一窗口,A1,４９００,2026/6/1,0203291000、0203299000"
    row = one(DECLARATION, HEADING, cells.replace("单一窗口", "国际贸易单一窗口"))

    statement = row.statement
    assert row.refusals == ()
    assert statement["declaration_no"] == "E20260000000000001"
    assert statement["declare_office"] == "4900"
    assert statement["state"] == "submitted"
    assert statement["hs4"] == ["0203"]
    assert [item["hs_code"] for item in statement["goods"]] == ["0203291000", "0203299000"]


def test_what_is_exported_is_read_again_as_it_was() -> None:
    cells = "E20260000000000001,出口,海关通报,,4900,2026-06-01 09:58,0203291000"
    statement = one(DECLARATION, HEADING, cells).statement
    heading = ",".join(column.heading for column in DECLARATION.columns)
    written = ",".join(DECLARATION.cells(statement))

    assert one(DECLARATION, heading, written).statement == statement


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ("E20260000000000001,出口,海关通报,,5100,,", "申报地海关", "has offices of its own"),
        ("E20260000000000001,出口,海关通报,,4900,,0203", "商品编号", "each 商品编号 has 10 digits"),
        ("E20260000000000001,向外,海关通报,,4900,,", "进出口标志", "none of"),
        (",出口,海关通报,,4900,,", "统一编号", "must be filled in"),
    ],
)
def test_the_wrong_cell_is_named(cells: str, column: str, said: str) -> None:
    row = one(DECLARATION, HEADING, cells)

    (refusal,) = row.refusals
    assert row.statement is None
    assert refusal.column == column
    assert said in refusal.reason


def test_a_receipt_keeps_the_case_of_its_code() -> None:
    heading = "申报单号,回执代码,回执时间"
    upper = one(RECEIPT, heading, "E20260000000000001,B,2026-06-01 10:00").statement
    lower = one(RECEIPT, heading, "E20260000000000001,b,2026-06-01 10:00").statement

    assert (upper["code"], lower["code"]) == ("B", "b")
    assert upper["received_at"] == upper["event_at"]
    assert upper["receipt_id"] != lower["receipt_id"]


def test_no_receipt_is_refused_for_what_it_says() -> None:
    heading = "申报单号,回执代码,回执时间,回执系列"
    row = one(RECEIPT, heading, "E1,??,2026-06-01 10:00,跨境电商")

    assert row.refusals == ()
    assert row.statement["family"] == "ceb"


@pytest.mark.parametrize("name", list(TITLES))
def test_every_form_has_a_template_whose_heading_it_recognises(name: str) -> None:
    form = form_of(name, CATALOGUE, CHECKS)
    template = form.template()

    assert template.title == TITLES[name]
    assert form.recognises([column.heading for column in template.columns])


def test_the_template_lists_the_codes_that_we_know_all_of() -> None:
    lists = {each.title: dict(each.entries) for each in DECLARATION.template().code_lists}

    assert lists["运输方式"]["3"] == "铁路"
    assert lists["监管方式"]["0110"] == "一般贸易"
    assert "3039" not in lists["监管方式"]  # withdrawn
    assert "征免性质" not in lists


def test_the_ports_word_is_read_from_three_cells() -> None:
    form = form_of("inspection", CATALOGUE, CHECKS)
    heading = "报检号,步骤,办理时间,办理海关,到货时间,封识完好,准予放行"
    arrived = one(form, heading, "J1,到货反馈,2026-06-02,5316,2026-06-02 03:00,是,否").statement
    applied = one(form, heading, "J1,申请,2026-06-01,4900,,,").statement

    assert arrived["feedback"]["seals_intact"] is True
    assert arrived["feedback"]["accepted"] is False
    assert applied["feedback"] is None

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session
from tests.support.licences import licence_form

from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.forms import Request
from lingqu.domain_service.imports.readers import day
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.imports.record_forms import RecordForms
from lingqu.domain_service.imports.record_rows import FieldError
from lingqu.domain_service.imports.returned import write_returned
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import ContractError, InputError
from lingqu.sheets.problems import Problem
from lingqu.sheets.template import write_csv_template, write_xlsx_template

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEADING = "证照编号,持有人,发证日期,收费金额"
ROW = "A-1,某甲,2024-03-01,12.50"
CONTRADICTION = Problem("late", "is after the end", "晚于终止日期")


class Nobody:
    """Takes nothing: the forms are only read here."""

    def __call__(self, session: Session, statements: Any, *, mode: str) -> Any:
        raise AssertionError((session, statements, mode))


def read(
    tmp_path: Path, content: bytes, *forms: RecordForm, form: str = "auto"
) -> tuple[list[Any], list[str], str]:
    """Return the rows, the notes and the form of a file."""
    upload = tmp_path / "upload"
    upload.write_bytes(content)
    known = RecordForms({each: Nobody() for each in forms or (licence_form(),)})
    with known.open(upload, Request("x.csv", form), NOW) as opened:
        return list(opened), opened.notes, opened.name


def table(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *rows]).encode()


def workbook(*rows: tuple[Any, ...], merged: str | None = None) -> bytes:
    book, target = Workbook(), BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (tuple(HEADING.split(",")), *rows):
        sheet.append(row)
    if merged is not None:
        sheet.merge_cells(merged)
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_row_is_a_statement_with_the_defaults_of_what_is_not_said(
    tmp_path: Path, encoding: str
) -> None:
    rows, notes, name = read(tmp_path, table(ROW).decode().encode(encoding))
    assert (notes, name, rows[0].number) == ([], "licence", 2)
    assert rows[0].statement == {
        "licence_no": "A-1",
        "holder_name": "某甲",
        "granted_on": 19783,
        "heard_at": None,
        "fee_fen": 1250,
        "pages": None,
        "area": None,
        "status": "valid",
        "before": "valid",
        "public": False,
        "scope": [],
        "note": None,
    }


def test_a_workbook_of_an_office_loads(tmp_path: Path) -> None:
    content = workbook(
        ("４３００", "某甲", date(2024, 3, 1), 12.5),
        ("4301", None, "2024/3/1", "1,200"),
        merged="B2:B3",
    )
    rows, _, _ = read(tmp_path, content)
    told = [(row.statement["licence_no"], row.statement["holder_name"]) for row in rows]
    assert told == [("4300", "某甲"), ("4301", "某甲")]
    assert [row.statement["fee_fen"] for row in rows] == [1250, 120_000]


def test_all_that_is_wrong_with_a_row_is_said_and_nothing_personal(tmp_path: Path) -> None:
    rows, _, _ = read(tmp_path, workbook(("=1+1", "=B9", "2024-13-01", "五元")))
    codes = {each.column: each.problem.code for each in rows[0].refusals}
    assert rows[0].statement is None
    assert codes == {
        "证照编号": "formula",
        "持有人": "formula",
        "发证日期": "bad_day",
        "收费金额": "no_amount",
    }


def test_a_personal_cell_is_not_quoted(tmp_path: Path) -> None:
    form = RecordForm("p", "人员", [Column("生日", "born_on", day, personal=True)])
    rows, _, _ = read(tmp_path, "生日\n三月一日".encode(), form)
    assert rows[0].refusals[0].problem.code == "hidden"
    assert "三月" not in rows[0].reason


def test_a_heading_in_another_unit_is_read_in_it(tmp_path: Path) -> None:
    rows, _, _ = read(tmp_path, table(ROW, heading=HEADING + "（万元）"))
    assert rows[0].statement["fee_fen"] == 12_500_000


def test_a_unit_that_is_not_known_leaves_the_column_unread(tmp_path: Path) -> None:
    rows, notes, _ = read(tmp_path, table(ROW, heading=HEADING + "(美元)"))
    assert rows[0].statement["fee_fen"] is None
    assert "收费金额(美元)" in notes[0]


def test_a_required_column_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no column 发证日期"):
        read(tmp_path, table("A-1,某甲", heading="证照编号,持有人"))


def test_two_columns_of_one_thing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hold the same"):
        read(tmp_path, table("A-1,x,y", heading="证照编号,licence_no,持有人"))


def test_a_file_is_of_the_form_that_most_of_its_headings_name(tmp_path: Path) -> None:
    other = RecordForm(
        "other", "其他", [Column("证照编号", "no"), Column("持有人", "who"), Column("备注", "note")]
    )
    assert read(tmp_path, table(ROW), other, licence_form())[2] == "licence"
    noted = table("A-1,某甲,无", heading="证照编号,持有人,备注")
    assert read(tmp_path, noted, licence_form(), other)[2] == "other"


def test_a_file_of_no_form_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"licence \(证照\).*holds: a, b"):
        read(tmp_path, b"a,b\n1,2")


def test_the_cells_of_a_row_may_contradict_each_other(tmp_path: Path) -> None:
    def complete(statement: Document) -> Document:
        if statement["fee_fen"] == 1250:
            raise FieldError("fee_fen", CONTRADICTION)
        return statement | {"note": "ok"}

    form = licence_form(complete=complete)
    rows, _, _ = read(tmp_path, table(ROW, ROW.replace("12.50", "1")), form)
    assert rows[0].reason == "收费金额: is after the end"
    assert rows[1].statement["note"] == "ok"


def test_the_templates_example_is_left_out_and_the_rest_read(tmp_path: Path) -> None:
    columns = [Column("编号", "no", required=True), Column("名称", "name")]
    form = RecordForm("f", "表", columns, examples=[{"no": "1", "name": "甲"}])
    for write in (write_csv_template, write_xlsx_template):
        target = BytesIO()
        write(form.template(), target)
        rows, notes, _ = read(tmp_path, target.getvalue(), form)
        assert rows == []
        assert "1 example rows" in notes[0]


def test_a_template_offers_the_words_of_a_choice() -> None:
    target = BytesIO()
    write_xlsx_template(licence_form().template(), target)
    book = load_workbook(target)
    titles = [cell.value for cell in book["证照"][1]]
    assert titles[:3] == ["证照编号*", "持有人*", "发证日期*"]
    assert book.worksheets[1]["A2"].value == "有效"


def test_a_refused_row_goes_back_with_its_reason(tmp_path: Path) -> None:
    content = table(ROW, ROW.replace("2024-03-01", "某日"))
    rows, _, _ = read(tmp_path, content)
    refused = {row.number: row.refusals for row in rows if row.refusals}
    target = BytesIO()
    write_returned(BytesIO(content), "x.csv", licence_form().recognises, refused, target)
    lines = target.getvalue().decode("utf-8-sig").splitlines()
    assert lines[1].endswith(",12.50,")
    assert "发证日期:内容为 “某日”" in lines[2]


def test_no_two_columns_may_have_one_heading() -> None:
    with pytest.raises(ContractError, match="the heading of two columns"):
        RecordForm("f", "表", [Column("编号", "a"), Column("编号", "b")])

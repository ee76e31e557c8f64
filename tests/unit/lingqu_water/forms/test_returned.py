from __future__ import annotations

import csv
from io import BytesIO

import pytest
from openpyxl import load_workbook
from tests.unit.lingqu_water.forms.files import HEADING, NOW, ROW, hourly4, reply, row, workbook

from lingqu.domain_service.imports.form import CellRefusal
from lingqu.domain_service.imports.returned import returned_name, write_returned
from lingqu.sheets.problems import Problem
from lingqu_water.forms import read
from lingqu_water.forms.headings import headings_of

RECOGNISES = headings_of().recognises


def returned(content: bytes) -> bytes:
    """Return the copy with all that reading the file refused."""
    source, target = BytesIO(content), BytesIO()
    with read(source, "x", now=NOW) as form:
        refused = {each.number: each.refusals for each in form if each.refusals}
    write_returned(source, "x", RECOGNISES, refused, target)
    return target.getvalue()


def test_a_csv_says_in_chinese_why_a_row_came_back() -> None:
    copy = returned(hourly4(ROW, row(氨氮="0.5mg", 监测时间="*")))
    rows = list(csv.reader(copy.decode("utf-8-sig").splitlines()))
    assert rows[0][-1] == "退回原因"
    assert rows[1][-1] == ""
    assert rows[2][-1].startswith("监测时间:没有真实的监测时间")
    assert "氨氮(mg/L):内容为 “0.5mg”" in rows[2][-1]


def test_a_workbook_shows_each_refused_cell() -> None:
    wrong = row(氨氮="0.5mg").split(",")
    sheet = load_workbook(BytesIO(returned(workbook(HEADING.split(","), ROW.split(","), wrong))))
    cell = sheet.worksheets[0].cell(3, HEADING.split(",").index("氨氮(mg/L)") + 1)
    assert cell.comment is not None
    assert cell.comment.text.startswith("内容为 “0.5mg”")


def test_a_reason_without_a_column_stands_in_the_column_of_reasons_only() -> None:
    target = BytesIO()
    problem = Problem("conflict", "contradicts row 3", "与第 3 行矛盾")
    refused = {2: [CellRefusal("", problem)]}
    write_returned(BytesIO(hourly4(ROW)), "x", RECOGNISES, refused, target)
    assert target.getvalue().decode("utf-8-sig").splitlines()[1].endswith(",与第 3 行矛盾")


def test_a_corrected_copy_is_read_again() -> None:
    copy = returned(hourly4(row(氨氮="0.5mg"))).decode("utf-8-sig").replace("0.5mg", "0.5")
    with read(BytesIO(copy.encode()), "x", now=NOW) as form:
        (found,) = form
    assert found.statement is not None


@pytest.mark.parametrize(
    ("content", "name"),
    [(hourly4(ROW), "hunan-退回.csv"), (workbook(HEADING.split(",")), "hunan-退回.xlsx")],
)
def test_the_copy_is_named_after_the_file(content: bytes, name: str) -> None:
    assert returned_name(BytesIO(content), "/tmp/hunan.txt") == name


def test_a_reply_of_the_interface_is_not_returned() -> None:
    with read(BytesIO(reply(ROW.split(","))), "x.json", now=NOW) as form:
        assert not form.returnable

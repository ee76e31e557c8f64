from __future__ import annotations

import csv
from io import BytesIO

import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from tests.unit.lingqu.sheets.workbooks import HEADING, is_heading, rows_of, sheet_of, workbook

from lingqu.sheets import xlsx_returned
from lingqu.sheets.returned import Mark, Marks, write_returned_copy

MARKS = {3: [Mark(2, "no number"), Mark(None, "a repeat")]}


def returned(file: BytesIO, marks: Marks = MARKS) -> BytesIO:
    target = BytesIO()
    write_returned_copy(file, "parcels", is_heading, marks, target)
    return target


def csv_rows(content: bytes, marks: Marks = MARKS) -> list[list[str]]:
    copy = returned(BytesIO(content), marks).getvalue()
    assert copy.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(copy.decode("utf-8-sig").splitlines()))


def test_a_csv_gets_a_column_of_reasons() -> None:
    content = "title\nname,day,kg\n益阳,1,x\n长沙,1,7\n".encode("gb18030")
    assert csv_rows(content) == [
        ["title"],
        ["name", "day", "kg", "退回原因"],
        ["益阳", "1", "x", "kg:no number;a repeat"],
        ["长沙", "1", "7", ""],
    ]


def test_a_csv_that_comes_back_again_has_new_reasons_only() -> None:
    content = "name,day,kg,退回原因\na,1,7,old\nb,1,x,\n".encode()
    assert csv_rows(content)[1:] == [["a", "1", "7", ""], ["b", "1", "x", "kg:no number;a repeat"]]


def test_formulas_of_a_csv_are_neutralised() -> None:
    assert csv_rows(b"name,day,kg\n=cmd,1,--\n", {})[1] == ["'=cmd", "1", "--", ""]


@pytest.mark.parametrize("line", [b"a,1", b"a,1,7,8,9"])
def test_a_row_of_another_width_keeps_all_it_has(line: bytes) -> None:
    row = csv_rows(b"name,day,kg\n" + line + b"\n", {2: [Mark(None, "width")]})[1]
    cells = line.decode().split(",")
    assert row[: len(cells)] == cells
    assert row[-1] == "width"


def test_a_workbook_keeps_its_looks_and_shows_what_is_refused() -> None:
    def widen(sheet: Worksheet) -> None:
        sheet.column_dimensions["A"].width = 33

    sheet = sheet_of(returned(workbook(HEADING, ("a", "1", 7), ("b", "1", "x"), change=widen)))
    assert sheet.column_dimensions["A"].width == 33
    assert sheet["C3"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["C3"].comment is not None
    assert sheet["C3"].comment.text == "no number"
    assert [cell.value for cell in sheet["D"]] == ["退回原因", None, "kg:no number;a repeat"]
    assert sheet["A2"].fill.fgColor.rgb != "FFFFC7CE"


def test_formulas_of_a_workbook_come_back_as_text() -> None:
    copy = returned(workbook(HEADING, ("a", "1", "=HYPERLINK(1)")), {})
    assert sheet_of(copy)["C2"].data_type == "s"
    assert rows_of(copy)[0].cells[2] == "=HYPERLINK(1)"


def test_a_workbook_that_comes_back_again_has_new_marks_only() -> None:
    def remark(sheet: Worksheet) -> None:
        sheet["A2"].comment = Comment("mine", "somebody")

    once = returned(
        workbook(HEADING, ("a", "1", "x"), ("b", "1", "x"), change=remark),
        {2: [Mark(2, "wrong")], 3: [Mark(2, "wrong")]},
    )
    sheet = sheet_of(returned(once, {3: [Mark(2, "still")]}))
    assert sheet["C2"].comment is None
    assert sheet["C2"].fill.fgColor.rgb != "FFFFC7CE"
    assert sheet["C3"].comment is not None
    assert sheet["A2"].comment is not None
    assert [cell.value for cell in sheet["D"]] == ["退回原因", None, "kg:still"]
    assert sheet.max_column == 4


def test_of_a_large_workbook_the_refused_rows_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_returned, "CELLS_MOST", 6)
    sheet = sheet_of(returned(workbook(HEADING, ("a", "1", 7), ("=b", "1", "x"))))
    assert [cell.value for cell in sheet[1]] == [*HEADING, "退回原因", "原行号"]
    assert [cell.value for cell in sheet[2]] == [None, "1", "x", "kg:no number;a repeat", 3]
    assert sheet["C2"].fill.fgColor.rgb == "FFFFC7CE"


def test_a_mark_in_a_merged_cell_stands_in_its_first_one() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")

    sheet = sheet_of(
        returned(
            workbook(HEADING, ("a", "1", 7), ("", "1", 7), change=merge), {3: [Mark(0, "who?")]}
        )
    )
    assert sheet["A2"].comment is not None
    assert sheet["D3"].value == "name:who?"

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from lingqu.sheets import xlsx_file
from lingqu.sheets.xlsx_file import write_xlsx
from lingqu.sheets.xlsx_template import sheet_name


def written(rows: list[list[str]], title: str = "表", numbers: tuple[int, ...] = ()) -> BytesIO:
    target = BytesIO()
    write_xlsx(target, title, ["编号", "数量"], rows, numbers=numbers)
    return target


def test_text_stays_text_and_numbers_are_numbers() -> None:
    rows = [["0012", "1.5"], ["=1+1", "-"], ["a\x00b", "1234567890123456"], ["", ""]]
    sheet = load_workbook(written(rows, numbers=(1,))).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_col=2)]
    assert cells == [["0012", 1.5], ["=1+1", "-"], ["ab", "1234567890123456"]]
    assert {sheet[place].data_type for place in ("A2", "A3", "B4")} == {"s"}


def test_what_does_not_fit_one_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "_ROWS_MOST", 3)
    book = load_workbook(written([[str(number), ""] for number in range(5)]))
    assert book.sheetnames == ["表", "表 2", "表 3"]
    assert [sheet["A1"].value for sheet in book.worksheets] == ["编号"] * 3
    assert [sheet.max_row for sheet in book.worksheets] == [3, 3, 2]


@pytest.mark.parametrize(
    ("title", "number", "name"),
    [
        ("许可/处罚: [甲]", 1, "许可 处罚   甲 "),
        ("长" * 40, 1, "长" * 31),
        ("长" * 40, 2, "长" * 29 + " 2"),
    ],
)
def test_a_sheet_has_a_name_that_it_may_have(title: str, number: int, name: str) -> None:
    assert sheet_name(title, number) == name

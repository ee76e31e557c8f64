# ruff: noqa: DTZ001 - times in a spreadsheet have no zone
from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.unit.lingqu.sheets.workbooks import HEADING, is_heading, rows_of, saved, workbook

from lingqu.errors import InputError
from lingqu.sheets.table import NoHeadingError, SheetRow
from lingqu.sheets.xlsx_table import XlsxTable


def test_values_are_read_as_texts_under_the_numbers_a_spreadsheet_shows() -> None:
    file = workbook(
        ("a title above",), HEADING, ("益阳", datetime(2024, 3, 1), 7.0), (), ("长沙", "x", None)
    )
    assert rows_of(file) == [
        SheetRow(3, ["益阳", "2024-03-01 00:00:00", "7"], {}),
        SheetRow(5, ["长沙", "x", ""], {}),
    ]


def test_formulas_are_refused_by_cell() -> None:
    (row,) = rows_of(workbook(HEADING, ("a", "b", "=1+1")))
    assert row.refused[2].code == "formula"


def test_text_that_looks_like_a_formula_is_text() -> None:
    def as_text(sheet: Worksheet) -> None:
        sheet["A2"].data_type = "s"

    (row,) = rows_of(workbook(HEADING, ("=1+1", "b", 7), change=as_text))
    assert row == SheetRow(2, ["=1+1", "b", "7"], {})


def test_error_values_and_numbers_that_lost_digits_are_refused() -> None:
    (row,) = rows_of(workbook(HEADING, (91430102616831072, "#DIV/0!", "7")))
    assert {place: problem.code for place, problem in row.refused.items()} == {
        0: "digits_lost",
        1: "error_value",
    }


def test_merged_cells_are_all_filled_downwards() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("B5:C5")

    rows = rows_of(
        workbook(
            HEADING, ("a", "1", 7), ("", "2", 8), ("", "3", 9), ("b", "4", 1), ("", "5", 2),
            change=merge,
        )
    )  # fmt: skip
    assert [row.cells[0] for row in rows] == ["a", "a", "a", "b", ""]
    assert [row.cells[1:] for row in rows[3:]] == [["4", ""], ["5", "2"]]


def test_a_formula_that_is_merged_refuses_each_row() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")

    rows = rows_of(workbook(HEADING, ("=1+1", "1", 7), ("", "2", 8), change=merge))
    assert [row.refused[0].code for row in rows] == ["formula", "formula"]


def test_the_sheet_that_holds_the_table_is_found() -> None:
    book = Workbook()
    second = book.create_sheet("second")
    second.append(HEADING)
    second.append(("a", "b", 7))
    file = saved(book)
    assert XlsxTable(file, "parcels.xlsx", is_heading).sheet == "second"


def test_two_sheets_with_the_table_are_refused() -> None:
    book = Workbook()
    for title in ("January", "February"):
        book.create_sheet(title).append(HEADING)
    with pytest.raises(InputError, match=r"more than one sheet \(January, February\)"):
        rows_of(saved(book))


def test_a_workbook_without_the_heading_says_what_it_holds() -> None:
    with pytest.raises(NoHeadingError, match="its first row holds: town, weight"):
        rows_of(workbook(("town", "weight")))


def test_written_dimensions_that_are_wrong_lose_no_row() -> None:
    file = workbook(HEADING, ("a", "b", 7), ("c", "d", 8))
    changed = BytesIO()
    with ZipFile(file) as old, ZipFile(changed, "w") as new:
        for part in old.infolist():
            new.writestr(part, old.read(part).replace(b'ref="A1:C3"', b'ref="A1:A1"'))
    assert [row.cells for row in rows_of(changed)] == [["a", "b", "7"], ["c", "d", "8"]]


@pytest.mark.parametrize("cut", [40, 600, -400])
def test_a_damaged_workbook_is_told_in_a_sentence(cut: int) -> None:
    content = workbook(HEADING, ("a", "b", 7)).getvalue()
    with pytest.raises(InputError, match="no workbook that can be read"):
        rows_of(BytesIO(content[:cut]))


def test_another_archive_is_told_in_a_sentence() -> None:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match="ZIP archive, not a workbook"):
        rows_of(file)


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range(65):
                part.write(b" " * 1_048_576)
    with pytest.raises(InputError, match="save its table as CSV"):
        rows_of(file)

"""Small workbooks, as offices would save them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from lingqu.sheets.table import SheetRow
from lingqu.sheets.xlsx_table import XlsxTable

HEADING = ("name", "day", "kg")


def is_heading(cells: Sequence[str]) -> bool:
    return "name" in cells and "kg" in cells


def workbook(
    *rows: Sequence[Any], change: Callable[[Worksheet], None] | None = None, title: str = "parcels"
) -> BytesIO:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    return saved(book)


def saved(book: Workbook) -> BytesIO:
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def rows_of(file: BytesIO) -> list[SheetRow]:
    table = XlsxTable(file, "parcels.xlsx", is_heading)
    found = list(table.rows())
    table.close()
    return found


def sheet_of(file: BytesIO) -> Worksheet:
    file.seek(0)
    sheet = load_workbook(file).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet

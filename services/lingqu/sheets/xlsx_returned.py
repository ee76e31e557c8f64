"""A returned copy of a workbook: cells filled and commented, a column of reasons, no formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from lingqu.sheets.returned import REASON_HEADING, Mark, Marks, reasons_of
from lingqu.sheets.table import IsHeading
from lingqu.sheets.workbook import damage_told, open_workbook
from lingqu.sheets.xlsx_table import XlsxTable
from lingqu.sheets.xlsx_template import AUTHOR, as_text

CELLS_MOST = 300_000
NUMBER_HEADING = "原行号"
_COLOUR = "FFFFC7CE"
_MARK_FILL = PatternFill("solid", fgColor=_COLOUR)


def mark_workbook(
    source: BinaryIO, name: str, is_heading: IsHeading, marks: Marks, target: BinaryIO
) -> None:
    """Write the copy; of a workbook too large to be edited, one with its refused rows alone."""
    table = XlsxTable(source, name, is_heading)
    table.close()
    if _is_large(source, name):
        _write_refused_rows(source, name, is_heading, marks, target)
        return
    book = open_workbook(source, name, read_only=False)
    with damage_told(name):
        for sheet in book.worksheets:
            _without_formulas(sheet)
        _mark_sheet(book[table.sheet or ""], table, marks)
        book.save(target)


def _is_large(source: BinaryIO, name: str) -> bool:
    book = open_workbook(source, name, read_only=True)
    cells = 0
    with damage_told(name):
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # those that are written may be wrong
            for row in sheet.iter_rows():
                cells += len(row)
                if cells > CELLS_MOST:
                    break
    book.close()
    return cells > CELLS_MOST


def _write_refused_rows(
    source: BinaryIO, name: str, is_heading: IsHeading, marks: Marks, target: BinaryIO
) -> None:
    """Write a workbook of the heading and the refused rows alone, in bounded memory."""
    table = XlsxTable(source, name, is_heading)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.sheet)
    assert isinstance(sheet, WriteOnlyWorksheet)  # noqa: S101 - as the workbook was made
    heading = [each for each in table.heading if each != REASON_HEADING]
    sheet.append([*heading, REASON_HEADING, NUMBER_HEADING])
    for row in table.rows():
        if row.number in marks:
            found = marks[row.number]
            wrong = {mark.place for mark in found}
            cells = [_text_cell(sheet, text, marked=place in wrong)
                     for place, text in enumerate(row.cells)
                     if table.heading[place] != REASON_HEADING]  # fmt: skip
            reasons = reasons_of(found, table.heading)
            sheet.append([*cells, _text_cell(sheet, reasons), row.number])
    table.close()
    book.save(target)


def _text_cell(sheet: WriteOnlyWorksheet, text: str, *, marked: bool = False) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, None)
    as_text(cell, text)
    if marked:
        cell.fill = _MARK_FILL
    return cell


def _mark_sheet(sheet: Worksheet, table: XlsxTable, marks: Marks) -> None:
    heading = list(table.heading)
    place = heading.index(REASON_HEADING) if REASON_HEADING in heading else len(heading)
    if place < len(heading):
        _forget_old_marks(sheet, table.heading_row, place)
    title = sheet.cell(table.heading_row, place + 1)
    as_text(title, REASON_HEADING)
    title.font = Font(bold=True, color="FF9C0006")
    sheet.column_dimensions[get_column_letter(place + 1)].width = 60
    for number, found in marks.items():
        reason = sheet.cell(number, place + 1)
        as_text(reason, reasons_of(found, heading))
        reason.alignment = Alignment(wrap_text=True)
        _mark_cells(sheet, number, found)


def _mark_cells(sheet: Worksheet, number: int, marks: Sequence[Mark]) -> None:
    for mark in marks:
        if mark.place is None or mark.place < 0:
            continue
        cell = _own_cell(sheet, number, mark.place + 1)
        cell.fill = _MARK_FILL
        cell.comment = Comment(mark.reason, AUTHOR, height=100, width=280)


def _own_cell(sheet: Worksheet, number: int, column: int) -> Cell:
    """Return the cell, or the first of the range that it is merged into."""
    cell = sheet.cell(number, column)
    if isinstance(cell, MergedCell):
        for merged in sheet.merged_cells.ranges:
            if cell.coordinate in merged:
                cell = sheet.cell(merged.min_row, merged.min_col)
    assert isinstance(cell, Cell)  # noqa: S101 - the first of a range is a cell of its own
    return cell


def _forget_old_marks(sheet: Worksheet, heading_row: int, place: int) -> None:
    for row in sheet.iter_rows(min_row=heading_row + 1, max_col=place + 1):
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()
        if isinstance(row[-1], Cell):
            row[-1].value = None


def _without_formulas(sheet: Worksheet) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, Cell) and cell.data_type == "f":
                as_text(cell, str(getattr(cell.value, "text", cell.value)))

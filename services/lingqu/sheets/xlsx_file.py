"""XLSX written row by row: text stays text, and nothing is a formula."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from lingqu.sheets.xlsx_template import as_text, sheet_name

_ROWS_MOST = 1_048_576  # of a sheet, its heading among them
_EXACT_DIGITS = 15
_WIDE = 14


def write_xlsx(
    target: BinaryIO,
    title: str,
    heading: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Collection[int] = (),
) -> None:
    """Write the rows in bounded memory; `numbers` are the places of cells to calculate with.

    What does not fit one sheet goes on in further ones, each under the heading.
    """
    book = Workbook(write_only=True)
    sheet = _sheet(book, title, heading)
    on_sheet = 1
    for row in rows:
        if on_sheet == _ROWS_MOST:
            sheet, on_sheet = _sheet(book, title, heading), 1
        sheet.append(
            [_cell(sheet, text, is_number=place in numbers) for place, text in enumerate(row)]
        )
        on_sheet += 1
    book.save(target)


def _sheet(book: Workbook, title: str, heading: Sequence[str]) -> WriteOnlyWorksheet:
    sheet = book.create_sheet(sheet_name(title, len(book.worksheets) + 1))
    assert isinstance(sheet, WriteOnlyWorksheet)  # noqa: S101 - as the workbook was made
    sheet.freeze_panes = "A2"
    for place in range(1, len(heading) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDE  # type: ignore[attr-defined]
    cells = [_cell(sheet, text) for text in heading]
    for cell in cells:
        if isinstance(cell, Cell):
            cell.font = Font(bold=True)
    sheet.append(cells)
    return sheet


def _cell(sheet: WriteOnlyWorksheet, text: str, *, is_number: bool = False) -> Cell | float | None:
    if not text:
        return None
    if is_number and sum(map(str.isdigit, text)) <= _EXACT_DIGITS:
        with suppress(ValueError):
            return float(text)
    cell: Cell = WriteOnlyCell(sheet, None)
    as_text(cell, ILLEGAL_CHARACTERS_RE.sub("", text))
    return cell

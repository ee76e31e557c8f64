"""XLSX as offices keep it: merged cells, dates, numbers where codes are meant, formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from openpyxl import Workbook

from lingqu.errors import InputError
from lingqu.sheets.cells import exact_text
from lingqu.sheets.merged import MergedCells, merged_ranges
from lingqu.sheets.problems import ERROR_VALUE, FORMULA, CellError, Problem, shown
from lingqu.sheets.table import (
    HEADING_WITHIN,
    NOTHING_REFUSED,
    IsHeading,
    NoHeadingError,
    SheetRow,
    find_heading,
    trimmed,
)
from lingqu.sheets.workbook import damage_told, open_workbook
from lingqu.sheets.xlsx_template import CODES_SHEET

_WIDEST = 256
_BLANK_ROWS_MOST = 10_000


class XlsxTable:
    """The one sheet of a workbook that holds the table, read row by row."""

    def __init__(self, file: BinaryIO, name: str, is_heading: IsHeading) -> None:
        self._name = name
        self._book = open_workbook(file, name, read_only=True)
        with damage_told(name):
            found = _find_sheet(self._book, name, is_heading)
            self._sheet, self.heading_row, self.heading = found
            self._merged = MergedCells(_merged_in(self._book, self._sheet))
        self.sheet: str | None = self._sheet.title

    def rows(self) -> Iterator[SheetRow]:
        numbered = enumerate(self._sheet.iter_rows(max_col=len(self.heading)), 1)
        blank = 0
        while True:
            with damage_told(self._name):
                number, found = next(numbered, (0, ()))
            if not number:
                return
            row = _texts(number, found)
            is_blank = not any(row.cells) and not row.refused
            blank = blank + 1 if is_blank else 0
            if blank > _BLANK_ROWS_MOST:
                return
            refused = dict(row.refused)
            self._merged.fill(number, row.cells, refused)
            if number > self.heading_row and not is_blank:
                yield SheetRow(number, row.cells, refused or NOTHING_REFUSED)

    def close(self) -> None:
        self._book.close()


def _find_sheet(
    book: Workbook, name: str, is_heading: IsHeading
) -> tuple[Any, int, tuple[str, ...]]:
    found = []
    seen: list[str] = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # those that are written may be wrong
        number, cells = find_heading(_first_rows(sheet), is_heading)
        if number is not None:
            found.append((sheet, number, trimmed(cells)))
        seen = seen or cells
    if not found:
        book.close()
        raise NoHeadingError(name, seen)
    found = [each for each in found if each[0].title != CODES_SHEET] or found
    if len(found) > 1:
        book.close()
        titles = ", ".join(sheet.title for sheet, _, _ in found)
        raise InputError(f"{name} holds the table in more than one sheet ({titles}); save each as"
                         " a file of its own")  # fmt: skip
    return found[0]


def _first_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    rows = enumerate(islice(sheet.iter_rows(max_col=_WIDEST), HEADING_WITHIN), 1)
    for number, row in rows:
        yield number, _texts(number, row).cells


def _texts(number: int, row: Sequence[Any]) -> SheetRow:
    cells: list[str] = []
    refused: dict[int, Problem] = {}
    for place, cell in enumerate(row):
        try:
            cells.append(_text(cell))
        except CellError as error:
            cells.append("")
            refused[place] = error.problem
    return SheetRow(number, cells, refused)


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, str) and cell.data_type not in "fe":
        return value
    if value is None and cell.data_type != "f":
        return ""
    if cell.data_type == "f":
        raise CellError(FORMULA.about())
    if cell.data_type == "e":
        raise CellError(ERROR_VALUE.about(shown=shown(str(value))))
    return exact_text(value, cell.number_format if cell.data_type == "d" else "")


def _merged_in(book: Workbook, sheet: Any) -> list[str]:
    # A read-only sheet of openpyxl does not tell its merged cells.
    with book._archive.open(sheet._worksheet_path) as xml:  # type: ignore[attr-defined]  # noqa: SLF001
        return merged_ranges(xml)

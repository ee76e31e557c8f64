"""CSV as spreadsheets save it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from lingqu.errors import InputError
from lingqu.sheets.encoding import fitting_encoding
from lingqu.sheets.problems import CELL_COUNT, NOT_CSV
from lingqu.sheets.table import (
    NOTHING_REFUSED,
    WHOLE_ROW,
    IsHeading,
    NoHeadingError,
    SheetRow,
    find_heading,
    trimmed,
)

_CHUNK = 1 << 20
_HEAD = 4096  # characters that show whether tabs or commas divide the cells


class CsvTable:
    """A CSV file as a table, read row by row in bounded memory."""

    sheet = None

    def __init__(self, file: BinaryIO, name: str, is_heading: IsHeading) -> None:
        self._text, self.delimiter = open_text(file, name)
        numbered = records(self._text, self.delimiter)
        number, cells = find_heading(
            ((number, cells) for number, cells in numbered if isinstance(cells, list)), is_heading
        )
        if number is None:
            self.close()
            raise NoHeadingError(name, cells)
        self.heading = trimmed(cells)
        self.heading_row = number
        self._text.seek(0)

    def rows(self) -> Iterator[SheetRow]:
        width, heading_row = len(self.heading), self.heading_row
        for number, cells in records(self._text, self.delimiter):
            if number <= heading_row:
                continue
            if isinstance(cells, csv.Error):
                yield SheetRow(number, [], {WHOLE_ROW: NOT_CSV.about(cause=cells)})
            elif any(cells):
                if len(cells) == width:
                    yield SheetRow(number, cells, NOTHING_REFUSED)
                else:
                    yield _fitted(number, cells, width)

    def close(self) -> None:
        self._text.detach()


def open_text(file: BinaryIO, name: str) -> tuple[TextIOWrapper, str]:
    """Return the file as text from its beginning, and what divides its cells."""
    encoding = fitting_encoding(file)
    if encoding is None:
        raise InputError(f"{name} is neither UTF-8 nor GB18030; save it as CSV UTF-8 and try again")
    _refuse_endless_lines(file, name)
    text = TextIOWrapper(file, encoding, newline="")
    start = text.read(_HEAD)
    text.seek(0)
    return text, "\t" if start.count("\t") > start.count(",") else ","


def _refuse_endless_lines(file: BinaryIO, name: str) -> None:
    while chunk := file.read(_CHUNK):
        if len(chunk) == _CHUNK and b"\n" not in chunk and b"\r" not in chunk:
            raise InputError(f"{name} has a line of more than 1 MiB, so it is no table; is it CSV?")
    file.seek(0)


def records(text: TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Give each record its number, as a spreadsheet counts them; what is not CSV is its error."""
    reader = csv.reader(text, delimiter=delimiter)
    number = 0
    while True:
        try:
            for cells in reader:
                number += 1
                yield number, cells
        except csv.Error as error:
            number += 1
            yield number, error
        else:
            return


def _fitted(number: int, cells: list[str], width: int) -> SheetRow:
    """Bear empty cells beyond the heading; a row of another width may have slipped."""
    if len(cells) > width and not any(cells[width:]):
        return SheetRow(number, cells[:width], NOTHING_REFUSED)
    problem = CELL_COUNT.about(found=len(cells), wanted=width)
    return SheetRow(number, cells, {WHOLE_ROW: problem})

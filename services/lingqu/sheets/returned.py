"""A returned copy 退回修改: the sender's own file, with what was refused marked and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from lingqu.sheets.csv_file import csv_writer
from lingqu.sheets.csv_table import CsvTable, open_text, records
from lingqu.sheets.opening import file_head, is_workbook
from lingqu.sheets.table import IsHeading

REASON_HEADING: Final = "退回原因"


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a cell was refused; `place` is its column's, None for the row as a whole."""

    place: int | None
    reason: str


Marks = Mapping[int, Sequence[Mark]]


def write_returned_copy(
    source: BinaryIO, name: str, is_heading: IsHeading, marks: Marks, target: BinaryIO
) -> None:
    """Write the copy in the source's own kind; `marks` are by row, as its table numbers them.

    What was marked by an earlier copy and is right now is marked no more. Of a workbook too large
    to be edited, the copy holds the refused rows alone.
    """
    if is_workbook(file_head(source, name)):
        from lingqu.sheets.xlsx_returned import mark_workbook  # noqa: PLC0415 - openpyxl is heavy

        mark_workbook(source, name, is_heading, marks, target)
    else:
        _mark_csv(source, name, is_heading, marks, target)


def reasons_of(marks: Sequence[Mark], heading: Sequence[str]) -> str:
    """Return one text for the row, each reason under the name of its column."""
    return ";".join(_reason(mark, heading) for mark in marks)


def _reason(mark: Mark, heading: Sequence[str]) -> str:
    known = mark.place is not None and 0 <= mark.place < len(heading)
    return f"{heading[mark.place or 0]}:{mark.reason}" if known else mark.reason


def _mark_csv(
    source: BinaryIO, name: str, is_heading: IsHeading, marks: Marks, target: BinaryIO
) -> None:
    table = CsvTable(source, name, is_heading)
    heading, heading_row = table.heading, table.heading_row
    table.close()
    source.seek(0)
    text, delimiter = open_text(source, name)
    with csv_writer(target) as write:
        for number, found in records(text, delimiter):
            cells = found if isinstance(found, list) else []
            if number < heading_row:
                write(cells)
            elif number == heading_row:
                write(_with(cells, heading, REASON_HEADING))
            else:
                write(_with(cells, heading, reasons_of(marks.get(number, ()), heading)))
    text.detach()


def _with(cells: Sequence[str], heading: Sequence[str], text: str) -> list[str]:
    """Return the row with the text in the column of reasons, which is added where it is not."""
    if REASON_HEADING in heading:
        place = heading.index(REASON_HEADING)
        row = [*cells, *[""] * (place + 1 - len(cells))]
        row[place] = text
        return row
    if not any(cells[len(heading) :]):
        cells = cells[: len(heading)]
    filled = [*cells, *[""] * (len(heading) - len(cells))]
    return [*filled, text] if text or any(cells) else list(cells)

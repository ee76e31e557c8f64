"""The returned copy of a file of readings: each refused cell marked, and a column of reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import BinaryIO

from lingqu.sheets.opening import file_head, is_workbook, open_table
from lingqu.sheets.returned import Mark, write_returned_copy
from lingqu_water.forms.headings import headings_of
from lingqu_water.forms.model import CellRefusal


def can_return(form: str) -> bool:
    """Tell whether files of this form are sent back: an interface's reply is nobody's."""
    return form != "rawjson"


def returned_name(source: BinaryIO, name: str) -> str:
    """Return what the copy of a file is called."""
    kind = "xlsx" if is_workbook(file_head(source, name)) else "csv"
    return f"{PurePath(name).stem}-退回.{kind}"


def write_returned(
    source: BinaryIO,
    name: str,
    refused: Mapping[int, Sequence[CellRefusal]],
    target: BinaryIO,
    *,
    reference: Path | None = None,
) -> None:
    """Write the copy; `refused` is by row."""
    recognises = headings_of(reference).recognises
    table = open_table(source, name, recognises)
    heading = table.heading
    table.close()
    places = {text: place for place, text in enumerate(heading)}
    marks = {
        number: [Mark(places.get(each.column), _said(each, places)) for each in refusals]
        for number, refusals in refused.items()
    }
    write_returned_copy(source, name, recognises, marks, target)


def _said(refusal: CellRefusal, places: Mapping[str, int]) -> str:
    known = refusal.column in places
    return refusal.problem.reason_zh if known else refusal.reason_zh

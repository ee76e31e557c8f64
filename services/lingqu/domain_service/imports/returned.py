"""The returned copy of an imported file: each refused cell marked, and a column of reasons."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import BinaryIO

import orjson

from lingqu.domain_service.imports.form import CellRefusal
from lingqu.domain_service.imports.uploads import Slot
from lingqu.sheets.opening import file_head, is_workbook, open_table
from lingqu.sheets.problems import Problem
from lingqu.sheets.returned import Mark, write_returned_copy
from lingqu.sheets.table import IsHeading

Refused = Mapping[int, Sequence[CellRefusal]]


def remember(slot: Slot, refused: Refused) -> None:
    """Keep what was refused beside the uploaded file: most copies are never asked for."""
    kept = {
        str(number): [
            (each.column, each.problem.code, each.problem.reason, each.problem.reason_zh)
            for each in refusals
        ]
        for number, refusals in refused.items()
    }
    slot.refused.write_bytes(orjson.dumps(kept))


def returned_copy(slot: Slot, recognises: IsHeading) -> Path:
    """Return the copy, made at the first time. Raises InputError for a workbook too large."""
    name: str = slot.record()["summary"]["file"]
    with slot.upload.open("rb") as source:
        copy = slot.copies / returned_name(source, name)
        if not copy.exists():
            draft = slot.folder / f"draft-{secrets.token_hex(4)}"
            with draft.open("wb") as target:
                write_returned(source, name, recognises, _recalled(slot), target)
            draft.replace(copy)
    return copy


def returned_name(source: BinaryIO, name: str) -> str:
    """Return what the copy of a file is called."""
    kind = "xlsx" if is_workbook(file_head(source, name)) else "csv"
    return f"{PurePath(name).stem}-退回.{kind}"


def write_returned(
    source: BinaryIO, name: str, recognises: IsHeading, refused: Refused, target: BinaryIO
) -> None:
    """Write the copy; `refused` is by row."""
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


def _recalled(slot: Slot) -> Refused:
    kept = orjson.loads(slot.refused.read_bytes())
    return {
        int(number): [CellRefusal(column, Problem(*problem)) for column, *problem in refusals]
        for number, refusals in kept.items()
    }

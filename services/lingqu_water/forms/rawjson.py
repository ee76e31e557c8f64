"""A raw reply of the publishing interface: one JSON object with heading, rows and their count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from lingqu.errors import InputError
from lingqu.sheets.cells import exact_text
from lingqu.sheets.problems import CELL_COUNT, CellError, Problem
from lingqu.sheets.table import NOTHING_REFUSED, WHOLE_ROW, SheetRow
from lingqu_water.forms.html_cells import without_tags
from lingqu_water.forms.values import NULL

_LARGEST = 64 * 1_048_576


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply as a table; `notes` say what it does not hold."""

    heading: tuple[str, ...]
    body: Sequence[Any]
    notes: tuple[str, ...]

    def rows(self) -> Iterator[SheetRow]:
        width = len(self.heading)
        for number, cells in enumerate(self.body, 1):
            if isinstance(cells, list) and len(cells) == width:
                yield _row(number, cells)
            else:
                found = len(cells) if isinstance(cells, list) else 0
                problem = CELL_COUNT.about(found=found, wanted=width)
                yield SheetRow(number, [], {WHOLE_ROW: problem})


def read_reply(file: BinaryIO, name: str) -> Reply:
    """Read a reply; raise InputError where it is broken, cut off, or something else."""
    content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise InputError(f"{name} is larger than {_LARGEST >> 20} MiB; a reply never is")
    try:
        reply = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"{name} is broken JSON at line {error.lineno}, column {error.colno} ({error.msg});"
            " was it saved whole, as UTF-8?"
        ) from error
    head, body = _parts(reply)
    if head is None or body is None:
        raise InputError(
            f"{name} is JSON, but no reply of the publishing interface (form rawjson): it looks for"
            " an object with lists thead and tbody"
        )
    if reply.get("result", 1) != 1:
        raise InputError(f"{name}: the publishing interface reported a failure (result"
                         f" {reply['result']!r}); ask it again")  # fmt: skip
    return Reply(tuple(without_tags(str(cell)) for cell in head), body, _notes(reply, len(body)))


def _parts(reply: Any) -> tuple[list[Any] | None, list[Any] | None]:
    if not isinstance(reply, dict):
        return None, None
    head, body = reply.get("thead"), reply.get("tbody")
    return (head if isinstance(head, list) else None), (body if isinstance(body, list) else None)


def _notes(reply: dict[str, Any], delivered: int) -> tuple[str, ...]:
    """Say which rows the interface counted and did not deliver."""
    records, pages = reply.get("records"), reply.get("total")
    notes = []
    if isinstance(records, int) and records != delivered:
        notes.append(
            f"the reply counts {records:,} records and delivers {delivered:,}:"
            f" {abs(records - delivered):,} {'are lost' if records > delivered else 'are too many'}"
        )
    if isinstance(pages, int) and pages > 1:
        notes.append(f"this is one of {pages} pages; import the others too")
    return tuple(notes)


def _row(number: int, cells: Sequence[Any]) -> SheetRow:
    texts: list[str] = []
    refused: dict[int, Problem] = {}
    for place, cell in enumerate(cells):
        try:
            texts.append(_text(cell))
        except CellError as error:
            texts.append("")
            refused[place] = error.problem
    return SheetRow(number, texts, refused or NOTHING_REFUSED)


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    return NULL if cell is None else exact_text(cell)

"""Merged cells: only the first of a range holds its text, and readers mean all of them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from openpyxl.utils import range_boundaries

from lingqu.sheets.problems import Problem

_CHUNK = 1 << 20
_END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_LONGEST_TAG = 64
_RANGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]+\d+:[A-Z]+\d+)\"")


@dataclass(slots=True)
class _Range:
    """One column of cells merged downwards; `first` is the row that holds the text."""

    place: int
    first: int
    last: int
    text: str = ""
    problem: Problem | None = None


def merged_ranges(sheet: BinaryIO) -> list[str]:
    """Return the ranges of a sheet's XML, which stand after its rows: a reader of rows is late."""
    tail = b""
    seen = False
    while chunk := sheet.read(_CHUNK):
        tail += chunk
        if not seen:
            end = _END_OF_ROWS.search(tail)
            seen = end is not None
            tail = tail[end.end() :] if end else tail[-_LONGEST_TAG:]
    return [found.decode() for found in _RANGE.findall(tail)] if seen else []


class MergedCells:
    """Gives the cells below the first one of a merged range its text, row after row.

    Ranges that are merged sideways keep their text in the first column: what stands in the next is
    another matter.
    """

    def __init__(self, ranges: Iterable[str]) -> None:
        found = sorted((_range(each) for each in ranges), key=lambda each: each.first)
        self._coming = deque(each for each in found if each.last > each.first)
        self._open: list[_Range] = []

    def fill(self, number: int, cells: list[str], refused: dict[int, Problem]) -> None:
        """Take the row's own texts in and fill what is merged with the rows above."""
        while self._coming and self._coming[0].first <= number:
            self._start(self._coming.popleft(), cells, refused)
        if not self._open:
            return
        self._open = [each for each in self._open if each.last >= number]
        for each in self._open:
            if each.place < len(cells) and not cells[each.place]:
                cells[each.place] = each.text
                if each.problem is not None:
                    refused[each.place] = each.problem

    def _start(self, each: _Range, cells: list[str], refused: dict[int, Problem]) -> None:
        if each.place < len(cells):
            each.text, each.problem = cells[each.place], refused.get(each.place)
            self._open.append(each)


def _range(text: str) -> _Range:
    left, top, _, bottom = range_boundaries(text)
    assert left is not None and top is not None and bottom is not None  # noqa: S101, PT018 - cells
    return _Range(left - 1, top, bottom)

"""A table out of a file: one heading row, and the rows under it as texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple, Protocol

from lingqu.errors import InputError
from lingqu.sheets.problems import Problem

# Tables made by hand have a title and remarks above their heading.
HEADING_WITHIN = 10
WHOLE_ROW = -1
NOTHING_REFUSED: Mapping[int, Problem] = MappingProxyType({})

IsHeading = Callable[[Sequence[str]], bool]


class SheetRow(NamedTuple):
    """One row, by the number under which a spreadsheet shows it.

    `refused` says, by the cell's place (or WHOLE_ROW), what has no text to read.
    """

    number: int
    cells: list[str]
    refused: Mapping[int, Problem]


class Table(Protocol):
    """An open table; its rows may be read once.

    `rows` gives no row without any content; every other has as many cells as the heading, unless it
    is refused as a whole. Raises InputError where the file turns out to be damaged.
    """

    @property
    def heading(self) -> tuple[str, ...]: ...
    @property
    def heading_row(self) -> int: ...
    @property
    def sheet(self) -> str | None: ...
    def rows(self) -> Iterator[SheetRow]: ...
    def close(self) -> None:
        """Let go of the file without closing it."""
        ...


class NoHeadingError(InputError):
    """No row near the top is the heading that was looked for."""

    def __init__(self, name: str, seen: Sequence[str]) -> None:
        held = ", ".join(cell for cell in seen if cell)[:120] or "nothing"
        super().__init__(f"{name}: no heading was found; its first row holds: {held}")
        self.seen = tuple(seen)
        self.held = held


def find_heading(
    rows: Iterator[tuple[int, list[str]]], is_heading: IsHeading
) -> tuple[int, list[str]] | tuple[None, list[str]]:
    """Return number and cells of the heading, or None and the first row that holds anything."""
    first: list[str] = []
    for number, cells in islice(rows, HEADING_WITHIN):
        if is_heading(cells):
            return number, cells
        first = first or [cell for cell in cells if cell.strip()]
    return None, first


def trimmed(heading: Sequence[str]) -> tuple[str, ...]:
    """Return the headings without the empty ones at the end, each on one line."""
    cells = [" ".join(cell.split()) for cell in heading]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)

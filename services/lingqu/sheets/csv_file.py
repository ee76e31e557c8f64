"""CSV written so that offices' spreadsheets open it: a byte order mark, and no cell a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import BinaryIO, Protocol

from lingqu.sheets.cells import neutral


class RowWriter(Protocol):
    """Takes the rows of a file, one by one."""

    def __call__(self, row: Sequence[str]) -> None: ...


@contextmanager
def csv_writer(target: BinaryIO) -> Iterator[RowWriter]:
    """Give a writer of rows; the target stays open, and is complete when the block ends."""
    text = TextIOWrapper(target, "utf-8-sig", newline="")
    rows = csv.writer(text)

    def write(row: Sequence[str]) -> None:
        rows.writerow([neutral(cell) for cell in row])

    try:
        yield write
    finally:
        text.detach()


def write_csv(target: BinaryIO, rows: Iterable[Sequence[str]]) -> None:
    with csv_writer(target) as write:
        for row in rows:
            write(row)

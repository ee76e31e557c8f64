"""A file of one domain's records: each told once, some again, otherwise, or wrong."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Protocol

from tests.bench.table import Table

_REPEATED, _REVISED, _WRONG = 0.02, 0.02, 0.01

Cells = Mapping[str, object]


class Source(Protocol):
    """Makes the rows of one form, as cells by heading."""

    def row(self, number: int, dice: random.Random) -> Cells:
        """Return the record of that number; all have the same headings."""
        ...

    def revised(self, row: Cells) -> Cells:
        """Return what else may be said of a record."""
        ...

    def wrong(self, row: Cells) -> Cells:
        """Return a row that its service refuses."""
        ...


def write(file: Path, source: Source, rows: int, seed: int = 20_260_401) -> Table:
    """Write that many rows; the same seed, the same rows."""
    table = Table()
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        for row in islice(_rows(source, random.Random(seed), table), rows):
            if table.rows == 0:
                writer.writerow(row)
            writer.writerow(row.values())
            table.rows += 1
    return table


def _rows(source: Source, dice: random.Random, table: Table) -> Iterator[Cells]:
    """Yield rows; each is counted before it is asked for the next."""
    for number in count():
        row = source.row(number, dice)
        drawn = dice.random()
        if drawn < _WRONG:
            table.wrong += 1
            yield source.wrong(row)
            continue
        table.first += 1
        yield row
        if drawn > 1 - _REPEATED:
            table.repeats += 1
            yield row
        elif drawn > 1 - _REPEATED - _REVISED:
            table.revisions += 1
            yield source.revised(row)

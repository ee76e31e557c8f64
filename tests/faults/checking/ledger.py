"""What was produced: one line an event, in the order in which its transactions committed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple


class Event(NamedTuple):
    """One produced event, as far as the checker judges by it."""

    event_id: str
    station: str
    number: int
    level: int
    weather: str


def read_ledger(path: Path) -> list[Event]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Event(row[0], row[1], int(row[2]), int(row[3]), row[4]) for row in csv.reader(lines)
        ]

"""What a written table holds, counted by what each row comes to when it is imported."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Table:
    """Rows by what they are: said first, said again, said otherwise, or wrong."""

    rows: int = 0
    first: int = 0
    repeats: int = 0
    revisions: int = 0
    wrong: int = 0

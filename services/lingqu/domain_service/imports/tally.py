"""What an import came to, counted as it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lingqu.domain_service.imports.form import CellRefusal, Row
from lingqu.domain_service.imports.forms import Outcomes
from lingqu.domain_service.imports.refused_row import refusal_of


@dataclass(slots=True)
class Tally:
    """The counts of one file: read = accepted + repeats + revisions + withdrawals + refused."""

    read: int = 0
    accepted: int = 0
    repeats: int = 0
    revisions: int = 0
    withdrawals: int = 0
    refused: dict[int, Sequence[CellRefusal]] = field(default_factory=dict)
    noted: Counter[str] = field(default_factory=Counter)

    def refuse(self, row: Row[Any]) -> None:
        """Count a row that makes no statement."""
        self.read += 1
        self.refused[row.number] = row.refusals

    def take(self, rows: Sequence[Row[Any]], taken: Outcomes, headings: Mapping[str, str]) -> None:
        """Count what became of the rows' statements; `headings` are those of their fields."""
        self.read += len(rows)
        for outcome in taken.outcomes:
            match outcome:
                case "first":
                    self.accepted += 1
                case "revision":
                    self.revisions += 1
                case "withdrawal":
                    self.withdrawals += 1
                case "repeat" | "late":
                    self.repeats += 1
        self.noted.update(taken.noted)
        for place, reason in taken.refused.items():
            self.refused[rows[place].number] = (refusal_of(reason, headings),)

    def notes(self) -> list[str]:
        """Return what people shall know of the file's statements, in sentences."""
        return [said.format(count=f"{count:,}") for said, count in self.noted.items() if count]

    def summary(self, file: str) -> dict[str, Any]:
        """Return the summary that programs read."""
        return {
            "file": file,
            "read": self.read,
            "accepted": self.accepted,
            "repeats": self.repeats,
            "revisions": self.revisions,
            "withdrawals": self.withdrawals,
            "refused": [
                {"row": number, "reason": "; ".join(each.reason for each in self.refused[number])}
                for number in sorted(self.refused)
            ],
        }

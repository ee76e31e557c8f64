"""Supervision modes 监管方式: names change and codes are withdrawn, so rows have dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lingqu_customs.codes.dated import Dated
from lingqu_customs.reference import read_rows


class SupervisionMode(Dated):
    """A code under one name, for as long as it had it; both days are inside."""

    code: str
    name: str
    verified: bool = True
    source: str = ""


@dataclass(frozen=True)
class SupervisionModes:
    """The modes by code, each with all the names it had."""

    by_code: Mapping[str, Sequence[SupervisionMode]]

    def on(self, code: str, day: date) -> SupervisionMode | None:
        """Return the mode as it was on that day."""
        return next((row for row in self.by_code.get(code, ()) if row.holds_on(day)), None)

    def problem(self, code: str, day: date) -> str | None:
        """Say why nobody could declare under this code on that day, None where one could."""
        if code not in self.by_code:
            return f"{code!r} is no 监管方式; correct it, or add it to supervision-modes.csv"
        if self.on(code, day) is None:
            name = self.by_code[code][-1].name
            return f"监管方式 {code} {name} was not in force on {day}; name the one that was"
        return None


def load_supervision_modes(folder: Path | None = None) -> SupervisionModes:
    """Return the modes of the folder, else those that ship with the service."""
    found: dict[str, list[SupervisionMode]] = defaultdict(list)
    for row in read_rows("supervision-modes.csv", SupervisionMode, folder):
        found[row.code].append(row)
    return SupervisionModes(found)

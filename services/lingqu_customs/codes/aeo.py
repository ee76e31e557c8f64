"""Credit levels of enterprises: which there are depends on the order in force on the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.errors import ContractError
from lingqu_customs.codes.dated import Dated
from lingqu_customs.reference import read_reference


class Scheme(Dated):
    """An order with its levels; `aeo` are those that are authorised economic operators."""

    order: str
    source: str
    valid_from: date | None = Field(alias="from")
    valid_until: date | None = Field(alias="until")
    levels: dict[str, str]
    aeo: tuple[str, ...]


class _SchemeFile(ClosedModel):
    schemes: tuple[Scheme, ...]


@dataclass(frozen=True)
class Schemes:
    """The orders, one after the other."""

    entries: Sequence[Scheme]

    def on(self, day: date) -> Scheme | None:
        """Return the order in force on that day."""
        return next((each for each in self.entries if each.holds_on(day)), None)

    def of(self, order: str) -> Scheme | None:
        return next((each for each in self.entries if each.order == order), None)

    def problem(self, order: str, level: str, day: date) -> str | None:
        """Say why nobody could get this level on that day, None where one could."""
        scheme = self.on(day)
        if scheme is None:
            return f"no order was in force on {day}; add it to aeo-schemes.yaml"
        if scheme.order != order:
            return f"on {day} order {scheme.order} was in force, not {order!r}; name that one"
        if level not in scheme.levels:
            known = ", ".join(f"{key} {name}" for key, name in scheme.levels.items())
            return f"order {order} has no level {level!r}; its levels are {known}"
        return None


def load_schemes(folder: Path | None = None) -> Schemes:
    """Return the orders of the folder, else those that ship; raise ContractError on an overlap."""
    entries = sorted(
        read_reference("aeo-schemes.yaml", _SchemeFile, folder).schemes,
        key=lambda each: each.valid_from or date.min,
    )
    for before, after in pairwise(entries):
        if (before.valid_until or date.max) >= (after.valid_from or date.min):
            raise ContractError(
                f"aeo-schemes.yaml: orders {before.order} and {after.order} are both in force on "
                f"{after.valid_from}; let one end before the other begins"
            )
    return Schemes(tuple(entries))

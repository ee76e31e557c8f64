"""Standards of water quality: limits by item and kind of water, in force from a day to a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.errors import ContractError, NotFoundError
from lingqu_water.judgement.items import Items
from lingqu_water.reference import read_reference

Waters = Literal["river", "lake"]
Comparison = Literal["at_most", "at_least", "range"]
FIVE = 5

# In order of their days; a successor is one more file and one more name.
STANDARD_FILES = ("gb3838-2002.yaml",)


class _LimitEntry(ClosedModel):
    item: str
    waters: tuple[Waters, ...] = ("river", "lake")
    at_most: tuple[float, ...] | None = None
    at_least: tuple[float, ...] | None = None
    range: tuple[float, float] | None = None
    evaluated: bool = True

    @model_validator(mode="after")
    def _one_comparison(self) -> _LimitEntry:
        given = [each for each in (self.at_most, self.at_least, self.range) if each is not None]
        if len(given) != 1:
            raise ValueError("give one of at_most, at_least and range")
        bounds = list(given[0])
        if self.range is None and len(bounds) != FIVE:
            raise ValueError("give five limits, of the classes Ⅰ to Ⅴ")
        if bounds != sorted(bounds, reverse=self.at_least is not None):
            raise ValueError("a worse class has no stricter limit; put them in order")
        return self


class _SupplementaryEntry(ClosedModel):
    item: str
    limit: float
    verified: bool = True


class _StandardFile(ClosedModel):
    name: str
    title_zh: str
    valid_from: date
    valid_until: date | None = None
    verified_from: bool = True
    source: str
    limits: tuple[_LimitEntry, ...]
    supplementary: tuple[_SupplementaryEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits of one item: five for classes Ⅰ to Ⅴ, or the two ends of a range."""

    code: str
    unit: str
    comparison: Comparison
    bounds: tuple[float, ...]
    evaluated: bool

    def bound(self, rank: int, value: float) -> float:
        """Return the limit of the class of that rank that the value is held against."""
        if self.comparison != "range":
            return self.bounds[rank]
        low, high = self.bounds
        return low if value < low else high


@dataclass(frozen=True)
class Standard:
    """One standard: limits by kind of water and item code, and the days it is in force."""

    name: str
    title_zh: str
    valid_from: date
    valid_until: date | None
    limits: Mapping[Waters, Mapping[str, Limit]]
    supplementary: Mapping[str, float]

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def limits_of(self, water_body: str) -> Mapping[str, Limit]:
        """Return the limits; water of unknown kind is held to those of rivers."""
        return self.limits["lake" if water_body == "lake" else "river"]


def load_standards(items: Items, folder: Path | None = None) -> tuple[Standard, ...]:
    """Return the standards, the operator's files before those that ship with the service."""
    return tuple(_load(name, items, folder) for name in STANDARD_FILES)


def standard_on(standards: Sequence[Standard], on: date) -> Standard | None:
    """Return the standard in force on that day, None before the first."""
    return next((each for each in standards if each.in_force(on)), None)


def _load(name: str, items: Items, folder: Path | None) -> Standard:
    file = read_reference(name, _StandardFile, folder)
    try:
        return _standard(file, items)
    except NotFoundError as error:
        raise ContractError(f"{name}: {error}") from error


def _standard(file: _StandardFile, items: Items) -> Standard:
    limits: dict[Waters, dict[str, Limit]] = {"river": {}, "lake": {}}
    for entry in file.limits:
        limit = _limit(entry, items)
        for waters in entry.waters:
            limits[waters][limit.code] = limit
    supplementary = {items.code(entry.item): entry.limit for entry in file.supplementary}
    return Standard(
        file.name, file.title_zh, file.valid_from, file.valid_until, limits, supplementary
    )


def _limit(entry: _LimitEntry, items: Items) -> Limit:
    spec = items.by_code[items.code(entry.item)]
    comparison: Comparison = "at_most"
    bounds: tuple[float, ...] = entry.at_most or ()
    if entry.at_least is not None:
        comparison, bounds = "at_least", entry.at_least
    elif entry.range is not None:
        comparison, bounds = "range", entry.range
    return Limit(spec.code, spec.unit, comparison, bounds, entry.evaluated)

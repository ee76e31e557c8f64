"""What classes and basins are called."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_water.judgement.water_class import CLASS_THREE, CLASSES, WaterClass, meets
from lingqu_water.reference import read_reference


class _ClassLabel(ClosedModel):
    classes: tuple[str, ...]
    label: str
    colour: str


class _BasinLabel(ClosedModel):
    label: str
    good_at_least: float = 0
    good_below: float = 101
    worst_at_least: float = 0

    def fits(self, good: Fraction, worst: Fraction) -> bool:
        return self.good_at_least <= good < self.good_below and worst >= self.worst_at_least


class _LabelFile(ClosedModel):
    source: str
    verified: bool = True
    classes: tuple[_ClassLabel, ...]
    basin_sections_at_least: int
    basins: tuple[_BasinLabel, ...]


@dataclass(frozen=True, slots=True)
class BasinState:
    """The classes of a basin's sections; the label is None where they are too few for one."""

    sections: int
    good_percent: float | None
    worst_percent: float | None
    label: str | None


class Labels:
    """Names classes and basins by the tables of the reference."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = read_reference("labels.yaml", _LabelFile, folder)
        self._by_class = {name: entry for entry in self._file.classes for name in entry.classes}

    def label(self, water_class: str) -> str:
        """Return what the class is called, such as 良好."""
        return self._by_class[water_class].label

    def colour(self, water_class: str) -> str:
        return self._by_class[water_class].colour

    def basin(self, classes: Collection[WaterClass]) -> BasinState:
        """Return the state of a basin by the classes of its sections."""
        if not classes:
            return BasinState(0, None, None, None)
        good = _percent(sum(meets(each, CLASS_THREE) for each in classes), len(classes))
        worst = _percent(sum(each == CLASSES[-1] for each in classes), len(classes))
        label = None
        if len(classes) >= self._file.basin_sections_at_least:
            label = next((each.label for each in self._file.basins if each.fits(good, worst)), None)
        return BasinState(len(classes), float(good), float(worst), label)


def _percent(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole)

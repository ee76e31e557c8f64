"""Values and means as the kind of evaluation `month` has them, on the standard's own judge."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum, log10

from lingqu_water.judgement.classify import Judge
from lingqu_water.judgement.units import factor
from lingqu_water.readings.model import Item


@dataclass(frozen=True, slots=True)
class MonthlyMeans:
    """Turns readings' items into values, values into means and means into a class."""

    judge: Judge

    def code(self, item: str) -> str:
        """Return the code of an item's key; raise NotFoundError naming the nearest one."""
        return self.judge.items.code(item)

    def name(self, item: str) -> str:
        return self.judge.items.name(self.code(item))

    def unit(self, code: str) -> str:
        return self.judge.items.by_code[code].unit

    def values(self, items: Sequence[Item], codes: Collection[str]) -> dict[str, float]:
        """Return the values of the items named, each in its item's unit."""
        found = {item.code: self._value(item) for item in items if item.code in codes}
        return {code: value for code, value in found.items() if value is not None}

    def mean(self, item: str, values: Sequence[float]) -> float | None:
        """Return the mean, the same for any order of the values; None where there is none."""
        if not values:
            return None
        if item == "ph" and self.judge.evaluation.ph_mean == "hydrogen_ion":
            return -log10(fsum(10.0**-value for value in values) / len(values))
        return fsum(values) / len(values)

    def water_class(
        self, means: Sequence[tuple[str, float | None]], water_body: str, on: date
    ) -> str | None:
        items = [
            Item(code, value, self.unit(code), "measured")
            for code, value in means
            if value is not None
        ]
        return self.judge.classify(items, water_body, on).water_class

    def _value(self, item: Item) -> float | None:
        scale = factor(item.unit, self.unit(item.code))
        if scale is None:
            return None
        if item.flag == "measured" and item.value is not None:
            return item.value * scale
        if item.flag == "below_detection" and item.detection_limit is not None:
            return item.detection_limit * scale * self.judge.evaluation.below_detection
        return None

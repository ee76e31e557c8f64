"""Values and means as the kind of evaluation `month` has them, on the standard's own judge."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from lingqu_water.judgement.classify import Judge
from lingqu_water.judgement.means import arithmetic_mean, ion_mean
from lingqu_water.judgement.values import value_in
from lingqu_water.readings.model import Item


@dataclass(frozen=True, slots=True)
class Mean:
    """An item's mean, how many values it stands on and how many the agreement asks for."""

    code: str
    item: str
    name: str
    value: float | None
    unit: str
    count: int
    needed: int


@dataclass(frozen=True, slots=True)
class MonthlyMeans:
    """Turns readings' items into values, values into means and means into a class."""

    judge: Judge

    def code(self, item: str) -> str:
        """Return the code of an item's key; raise NotFoundError naming the nearest one."""
        return self.judge.items.code(item)

    def unit(self, code: str) -> str:
        return self.judge.items.by_code[code].unit

    def values(self, items: Sequence[Item], codes: Collection[str]) -> dict[str, float]:
        """Return the values of the items named, each in its item's unit."""
        share = self.judge.evaluation.below_detection
        found = {
            item.code: value_in(item, self.unit(item.code), share)
            for item in items
            if item.code in codes
        }
        return {code: value for code, value in found.items() if value is not None}

    def mean(self, item: str, values: Sequence[float], needed: int) -> Mean:
        """Return the mean of an item's values, the same for any order of them."""
        spec = self.judge.items.by_code[self.code(item)]
        by_ions = item == "ph" and self.judge.evaluation.ph_mean == "hydrogen_ion"
        make = ion_mean if by_ions else arithmetic_mean
        value = make(values) if values else None
        return Mean(spec.code, item, spec.name_zh, value, spec.unit, len(values), needed)

    def water_class(
        self, means: Sequence[tuple[str, float | None]], water_body: str, on: date
    ) -> str | None:
        """Return the class of means by the standard in force on that day."""
        items = [
            Item(code, value, self.unit(code), "measured")
            for code, value in means
            if value is not None
        ]
        return self.judge.classify(items, water_body, on).water_class

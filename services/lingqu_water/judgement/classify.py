"""The class of a set of values by its worst item (单因子评价)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from lingqu_water.judgement.evaluation import Evaluation, load_evaluation, round_half_even
from lingqu_water.judgement.items import Items, MeasuredItem, load_items
from lingqu_water.judgement.pollutants import Pollutant, main_pollutants
from lingqu_water.judgement.standard import Limit, Standard, load_standards
from lingqu_water.judgement.values import value_in
from lingqu_water.judgement.water_class import CLASS_THREE, CLASSES, RANKS, WaterClass

_BEST, _WORST = 0, len(CLASSES) - 1


class Judged(NamedTuple):
    """What a standard says of values: their class, each item's, and what is beyond the target.

    Without a value that can be judged there is no class; `partial` says that an expected item was
    missing.
    """

    water_class: WaterClass | None
    partial: bool
    pollutants: tuple[Pollutant, ...]
    classes: Mapping[str, WaterClass]
    standard: str | None


@dataclass(frozen=True, slots=True)
class _Test:
    limit: Limit
    unit: str
    rank: Callable[[float], int]


@dataclass(frozen=True, slots=True)
class _Tables:
    standard: Standard
    rivers: Mapping[str, _Test]
    lakes: Mapping[str, _Test]


class Judge:
    """Standards and one kind of evaluation, compiled; for any number of threads.

    A value below detection counts as a share of the detection limit; a value whose unit is not
    comparable with the limit's is not judged. Water of unknown kind is held to limits of rivers.
    """

    def __init__(self, standards: Sequence[Standard], evaluation: Evaluation, items: Items) -> None:
        self.items = items
        self.evaluation = evaluation
        self.standards = tuple(standards)
        self._expected = frozenset(map(items.code, evaluation.expected))
        decimals = {items.code(key): places for key, places in evaluation.decimals.items()}
        self._tables = [_compiled(standard, decimals) for standard in standards]

    def classify(
        self,
        items: Sequence[MeasuredItem],
        water_body: str,
        on: date,
        target: WaterClass = CLASS_THREE,
    ) -> Judged:
        """Judge the values by the standard in force on that day."""
        tables = next((each for each in self._tables if each.standard.in_force(on)), None)
        if tables is None:
            return Judged(None, True, (), {}, None)
        tests = tables.lakes if water_body == "lake" else tables.rivers
        ranks: dict[str, int] = {}
        worst = -1
        for item in items:
            test = tests.get(item.code)
            if test is None:
                continue
            value = item.value
            if item.flag != "measured" or value is None or item.unit != test.unit:
                value = self._value(item, test)
            if value is None or not isfinite(value):
                continue  # a NaN would come out best
            rank = test.rank(value)
            ranks[item.code] = max(rank, ranks.get(item.code, _BEST))
            worst = max(worst, rank)
        beyond: tuple[Pollutant, ...] = ()
        if worst > RANKS[target]:
            beyond = self._beyond(items, tests, ranks, target)
        return Judged(
            CLASSES[worst] if worst >= 0 else None,
            not ranks.keys() >= self._expected,
            beyond,
            {code: CLASSES[rank] for code, rank in ranks.items()},
            tables.standard.name,
        )

    def _value(self, item: MeasuredItem, test: _Test) -> float | None:
        return value_in(item, test.unit, self.evaluation.below_detection)

    def _beyond(
        self,
        items: Sequence[MeasuredItem],
        tests: Mapping[str, _Test],
        ranks: Mapping[str, int],
        target: WaterClass,
    ) -> tuple[Pollutant, ...]:
        found: dict[str, tuple[Limit, float]] = {}
        for item in items:
            if ranks.get(item.code, _BEST) <= RANKS[target]:
                continue
            test = tests[item.code]
            value = self._value(item, test)
            if value is not None and test.rank(value) == ranks[item.code]:
                found[item.code] = (test.limit, value)
        return main_pollutants(found, ranks, target, self.evaluation.pollutants)


def load_judge(evaluation: str = "reading", folder: Path | None = None) -> Judge:
    """Return the judge of that kind of evaluation, by the operator's data where there is any."""
    items = load_items(folder)
    return Judge(load_standards(items, folder), load_evaluation(evaluation, folder), items)


@cache
def shipped_judge(evaluation: str = "reading") -> Judge:
    """Return the judge by the data that ship with the service, compiled once."""
    return load_judge(evaluation)


def classify(items: Sequence[MeasuredItem], water_body: str, on: date) -> Judged:
    """Judge one reading by the data that ship with the service."""
    return shipped_judge().classify(items, water_body, on)


def _compiled(standard: Standard, decimals: Mapping[str, int]) -> _Tables:
    rivers, lakes = (
        {
            code: _Test(limit, limit.unit, _ranker(limit, decimals.get(code)))
            for code, limit in standard.limits_of(water_body).items()
            if limit.evaluated
        }
        for water_body in ("river", "lake")
    )
    return _Tables(standard, rivers, lakes)


def _ranker(limit: Limit, places: int | None) -> Callable[[float], int]:
    """Return the function from a value to the rank of its class."""
    rank = _exact_ranker(limit)
    if places is None:
        return rank
    return lambda value: rank(round_half_even(value, places))


def _exact_ranker(limit: Limit) -> Callable[[float], int]:
    if limit.comparison == "range":
        low, high = limit.bounds
        return lambda value: _BEST if low <= value <= high else _WORST
    if limit.comparison == "at_most":
        return partial(bisect_left, limit.bounds)
    negated = tuple(-bound for bound in limit.bounds)
    return lambda value: bisect_left(negated, -value)

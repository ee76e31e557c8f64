"""Means of a period (算术平均): exact in the decimal figures that were written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from math import fsum, log10

from lingqu_water.judgement.evaluation import Evaluation
from lingqu_water.judgement.items import Items, MeasuredItem
from lingqu_water.judgement.values import value_in

# Wide enough that no sum of a year's values is ever rounded: then their order cannot matter.
_EXACT = Context(prec=80)
_PH = "ph"


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of an item and how many values it stands on."""

    code: str
    unit: str
    value: float
    count: int


def arithmetic_mean(values: Sequence[float]) -> float:
    """Return the mean of one value or more, the same for any order of them.

    It is that of the decimal figures: five times 0.05 have the mean 0.05, which binary sums miss,
    and a value that equals its limit must not fail it.
    """
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, Decimal(repr(float(value))))
    return float(_EXACT.divide(total, Decimal(len(values))))


def ion_mean(values: Sequence[float]) -> float:
    """Return the pH of the mean concentration of hydrogen ions, the same for any order."""
    return -log10(fsum(10.0**-value for value in values) / len(values))


def means_of(
    readings: Iterable[Sequence[MeasuredItem]], items: Items, evaluation: Evaluation
) -> dict[str, Mean]:
    """Return the means of all known items that have a value in one of the readings."""
    values: dict[str, list[float]] = {}
    for reading in readings:
        for item in reading:
            spec = items.by_code.get(item.code)
            value = value_in(item, spec.unit, evaluation.below_detection) if spec else None
            if value is not None:
                values.setdefault(item.code, []).append(value)
    return {code: _mean(code, found, items, evaluation) for code, found in values.items()}


def _mean(code: str, values: Sequence[float], items: Items, evaluation: Evaluation) -> Mean:
    spec = items.by_code[code]
    by_ions = spec.key == _PH and evaluation.ph_mean == "hydrogen_ion"
    value = ion_mean(values) if by_ions else arithmetic_mean(values)
    return Mean(code, spec.unit, value, len(values))

"""Values of items as numbers in the unit that limits and means are in."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite

from lingqu_water.judgement.items import MeasuredItem
from lingqu_water.judgement.units import factor


def value_in(item: MeasuredItem, unit: str, below_detection: float) -> float | None:
    """Return the item's value in the unit; None where there is none or it is not comparable.

    A value below detection counts as that share of the detection limit.
    """
    scale = factor(item.unit, unit)
    if item.flag == "measured":
        value = item.value
    elif item.flag == "below_detection" and item.detection_limit is not None:
        value = item.detection_limit * below_detection
    else:
        value = None
    if scale is None or value is None or not isfinite(value):
        return None
    # In decimal figures, as they were written: 0.001 times a limit in μg/L is that limit.
    return value if scale == 1 else float(Decimal(repr(value)) * Decimal(repr(scale)))

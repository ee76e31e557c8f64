"""Units that values come in, and how they compare with the unit of a limit."""

from __future__ import annotations

from functools import lru_cache

_NAMES = {"ug/l": "μg/l", "µg/l": "μg/l", "毫克/升": "mg/l", "微克/升": "μg/l", "mpn/l": "个/l"}
_FACTORS = {
    ("μg/l", "mg/l"): 0.001,
    ("ng/l", "mg/l"): 0.000001,
    ("g/l", "mg/l"): 1000.0,
    ("mg/m³", "mg/l"): 0.001,
}


@lru_cache(maxsize=512)
def factor(unit: str, wanted: str) -> float | None:
    """Return what a value is multiplied by, None where the units are not comparable.

    A value without a unit is in the item's own.
    """
    if unit in {"", wanted}:
        return 1.0
    given, target = _plain(unit), _plain(wanted)
    return 1.0 if given == target else _FACTORS.get((given, target))


def _plain(unit: str) -> str:
    text = unit.strip().lower()
    return _NAMES.get(text, text)

"""The classes of water, Ⅰ best. Levels of incidents share the numerals and are another type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NewType

from lingqu.errors import InputError

WaterClass = NewType("WaterClass", str)

CLASSES = tuple(map(WaterClass, ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")))
RANKS: Mapping[str, int] = MappingProxyType({name: rank for rank, name in enumerate(CLASSES)})
CLASS_THREE = CLASSES[2]


def parse_class(text: str) -> WaterClass:
    """Return the class of that name; raise InputError for any other text."""
    if text not in RANKS:
        raise InputError(f"there is no water class {text!r}; known are {'、'.join(CLASSES)}")
    return WaterClass(text)


def meets(found: str, target: str) -> bool:
    """Return whether the class is the target or better."""
    return RANKS[found] <= RANKS[target]


def worst(classes: Iterable[WaterClass]) -> WaterClass | None:
    """Return the worst of the classes, None where there is none."""
    return max(classes, key=RANKS.__getitem__, default=None)

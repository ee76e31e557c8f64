"""Items to judge, by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lingqu_water.judgement.classify import Judged, classify
from lingqu_water.judgement.items import shipped_items
from lingqu_water.readings.model import Item

DAY = date(2021, 4, 1)
GOOD = {"ph": 7.6, "do": 8.0, "codmn": 1.5, "nh3n": 0.1, "tp": 0.01}


def item(key: str, value: float | None, unit: str | None = None) -> Item:
    spec = shipped_items().by_key[key]
    flag = "no_value" if value is None else "measured"
    return Item(spec.code, value, spec.unit if unit is None else unit, flag)


def items(values: Mapping[str, float | None]) -> list[Item]:
    return [item(key, value) for key, value in values.items()]


def judged(
    changes: Mapping[str, float | None], water_body: str = "river", on: date = DAY
) -> Judged:
    """Judge water of class Ⅰ in which some items are changed."""
    return classify(items({**GOOD, **changes}), water_body, on)


def code(key: str) -> str:
    return shipped_items().code(key)

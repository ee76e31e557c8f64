"""What holds of classes whatever the values are."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lingqu_water.judgement.given import DAY, items

from lingqu_water.judgement.classify import classify
from lingqu_water.judgement.items import shipped_items
from lingqu_water.judgement.standard import Limit, load_standards
from lingqu_water.judgement.water_class import RANKS

STANDARD = load_standards(shipped_items())[0]
LIMITS = {
    shipped_items().by_code[code].key: limit for code, limit in STANDARD.limits_of("river").items()
}
KEYS = sorted(key for key, limit in LIMITS.items() if limit.evaluated)
WATERS = st.sampled_from(["river", "lake"])
FIGURES = st.floats(0, 50, allow_subnormal=False)
VALUES = st.dictionaries(st.sampled_from(KEYS), FIGURES, min_size=1)


def _worse(limit: Limit, value: float, by: float) -> float:
    if limit.comparison == "at_least":
        return max(0.0, value - by)
    if limit.comparison == "range" and value < sum(limit.bounds) / 2:
        return max(0.0, value - by)
    return value + by


@given(VALUES, FIGURES, WATERS, st.data())
def test_a_worse_value_never_gives_a_better_class(
    values: dict[str, float], by: float, water_body: str, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(values)))
    before = classify(items(values), water_body, DAY).water_class
    worse = {**values, key: _worse(LIMITS[key], values[key], by)}
    after = classify(items(worse), water_body, DAY).water_class
    assert before is not None
    assert after is not None
    assert RANKS[after] >= RANKS[before]


@given(VALUES, WATERS, st.randoms())
def test_the_order_of_items_does_not_matter(
    values: dict[str, float], water_body: str, chance: random.Random
) -> None:
    given_items = items(values)
    shuffled = chance.sample(given_items, len(given_items))
    assert classify(shuffled, water_body, DAY) == classify(given_items, water_body, DAY)


@given(VALUES, FIGURES, WATERS)
def test_one_more_item_never_improves_the_class(
    values: dict[str, float], value: float, water_body: str
) -> None:
    fewer = classify(items(values), water_body, DAY).water_class
    more = classify(items({**dict.fromkeys(KEYS, value), **values}), water_body, DAY).water_class
    assert fewer is not None
    assert more is not None
    assert RANKS[more] >= RANKS[fewer]


@given(VALUES, WATERS)
def test_the_class_is_that_of_its_worst_item_and_pollutants_are_beyond_class_three(
    values: dict[str, float], water_body: str
) -> None:
    found = classify(items(values), water_body, DAY)
    assert found.water_class == max(found.classes.values(), key=RANKS.__getitem__)
    assert bool(found.pollutants) == (RANKS[found.water_class] > RANKS["Ⅲ"])
    assert all(RANKS[found.classes[each.code]] > RANKS["Ⅲ"] for each in found.pollutants)

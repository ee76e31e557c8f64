"""The class of values by their worst item."""

from __future__ import annotations

from datetime import date

import pytest
from tests.unit.lingqu_water.judgement.given import DAY, GOOD, code, item, items, judged

from lingqu_water.judgement.classify import classify, shipped_judge
from lingqu_water.judgement.water_class import CLASSES
from lingqu_water.readings.model import Item


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("codmn", 2.0, "Ⅰ"),
        ("codmn", 2.0000001, "Ⅱ"),
        ("codmn", 6.0, "Ⅲ"),
        ("codmn", 15.01, "劣Ⅴ"),
        ("do", 7.5, "Ⅰ"),
        ("do", 7.49, "Ⅱ"),
        ("do", 2.0, "Ⅴ"),
        ("do", 1.99, "劣Ⅴ"),
        ("nh3n", 0.15, "Ⅰ"),
        ("nh3n", 1.01, "Ⅳ"),
        ("tp", 0.02, "Ⅰ"),
        ("tp", 0.2, "Ⅲ"),
        ("ph", 6.0, "Ⅰ"),
        ("ph", 9.0, "Ⅰ"),
        ("ph", 5.99, "劣Ⅴ"),
        ("ph", 9.01, "劣Ⅴ"),
        ("cod", 15.0, "Ⅰ"),
        ("cod", 15.1, "Ⅲ"),
        ("hg", 0.00005, "Ⅰ"),
        ("hg", 0.00006, "Ⅲ"),
        ("pb", 0.02, "Ⅲ"),
        ("las", 0.25, "Ⅳ"),
    ],
)
def test_a_limit_belongs_to_its_class(key: str, value: float, expected: str) -> None:
    found = judged({key: value})
    assert found.water_class == expected
    assert found.classes[code(key)] == expected


def test_the_worst_item_decides() -> None:
    found = judged({"codmn": 5.0, "tp": 0.35})
    assert found.water_class == "Ⅴ"
    assert found.classes[code("codmn")] == "Ⅲ"


@pytest.mark.parametrize(
    ("value", "river", "lake"),
    [(0.015, "Ⅰ", "Ⅱ"), (0.05, "Ⅱ", "Ⅲ"), (0.15, "Ⅲ", "Ⅴ"), (0.3, "Ⅳ", "劣Ⅴ")],
)
def test_phosphorus_has_other_limits_in_lakes(value: float, river: str, lake: str) -> None:
    assert judged({"tp": value}, "river").water_class == river
    assert judged({"tp": value}, "lake").water_class == lake
    assert judged({"tp": value}, "unknown").water_class == river


@pytest.mark.parametrize(
    "key", ["tn", "water_temp", "fecal_coliform", "mn", "chla", "conductivity"]
)
@pytest.mark.parametrize("water_body", ["river", "lake"])
def test_items_outside_the_class_change_nothing(key: str, water_body: str) -> None:
    found = judged({key: 1e6}, water_body)
    assert found.water_class == "Ⅰ"
    assert code(key) not in found.classes


def test_a_missing_item_makes_the_class_partial() -> None:
    assert not judged({}).partial
    found = judged({"codmn": None})
    assert (found.water_class, found.partial) == ("Ⅰ", True)


def test_without_a_value_there_is_no_class() -> None:
    found = classify(items(dict.fromkeys(GOOD)), "river", DAY)
    assert (found.water_class, found.partial, found.classes) == (None, True, {})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_value(value: float) -> None:
    found = judged({"nh3n": value})
    assert (found.water_class, found.partial) == ("Ⅰ", True)


def test_before_the_first_standard_nothing_is_judged() -> None:
    assert judged({}, on=date(2002, 5, 31)).water_class is None
    assert judged({}, on=date(2002, 6, 1)).standard == "GB 3838-2002"


@pytest.mark.parametrize(("limit", "expected"), [(0.3, "Ⅰ"), (0.4, "Ⅱ")])
def test_below_detection_counts_half_the_limit(limit: float, expected: str) -> None:
    below = Item(code("nh3n"), None, "mg/L", "below_detection", limit)
    kept = [each for each in items(GOOD) if each.code != below.code]
    found = classify([*kept, below], "river", DAY)
    assert (found.water_class, found.partial) == (expected, False)


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [("μg/L", 50.0, "Ⅰ"), ("ug/L", 60.0, "Ⅱ"), ("mg/l", 0.06, "Ⅱ"), ("", 0.06, "Ⅱ")],
)
def test_values_in_other_units_are_converted(unit: str, value: float, expected: str) -> None:
    assert classify([item("zn", value, unit)], "river", DAY).classes == {code("zn"): expected}


def test_a_value_in_a_foreign_unit_is_not_judged() -> None:
    found = classify([item("codmn", 99.0, "NTU")], "river", DAY)
    assert (found.water_class, found.partial) == (None, True)


def test_of_an_item_given_twice_the_worse_counts() -> None:
    twice = [item("codmn", 12.0), item("codmn", 2.0)]
    assert classify(twice, "river", DAY).water_class == "Ⅴ"
    assert classify(twice[::-1], "river", DAY).water_class == "Ⅴ"


def test_pollutants_are_held_against_the_target_given() -> None:
    found = shipped_judge().classify(items({"codmn": 5.0}), "river", DAY, CLASSES[1])
    assert [(each.limit, each.multiple) for each in found.pollutants] == [(4.0, 0.25)]

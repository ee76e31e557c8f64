"""Months judged by the means of their final readings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.lingqu_water.assessments.given import (
    GOOD,
    SECTION,
    assess,
    items,
    mean_of,
    month,
    reading,
)


def test_the_class_is_that_of_the_mean_not_the_mean_of_classes() -> None:
    clean, dirty = month(90), [reading(place, {"codmn": 10.0}) for place in range(90, 180)]
    found = assess([*clean, *dirty])
    assert mean_of(found, "codmn")[:2] == (5.75, 180)
    assert (found.water_class, found.label, found.met) == ("Ⅲ", "良好", True)
    assert (found.status, found.partial, found.standard) == ("assessed", False, "GB 3838-2002")


def test_a_month_beyond_its_target_names_its_pollutants() -> None:
    found = assess(month(values={"tp": 0.28, "codmn": 9.0}))
    assert (found.water_class, found.met) == ("Ⅳ", False)
    assert [(each.limit, each.multiple) for each in found.pollutants] == [(6.0, 0.5), (0.2, 0.4)]


def test_without_a_target_nothing_is_met_or_missed() -> None:
    found = assess(month(), section=replace(SECTION, target_class=None))
    assert (found.water_class, found.target_class, found.met) == ("Ⅰ", None, None)


def test_lakes_are_held_to_their_own_limits() -> None:
    assert assess(month(values={"tp": 0.06})).water_class == "Ⅱ"
    assert assess(month(values={"tp": 0.06}), section=replace(SECTION, kind="lake")).met is False


@pytest.mark.parametrize("level", ["raw", "reviewed"])
def test_only_final_readings_count(level: str) -> None:
    dirty = [each._replace(data_level=level) for each in month(values={"tp": 9.0})]
    found = assess(dirty)
    assert (found.status, found.final_readings, found.items) == ("insufficient", 0, ())


@pytest.mark.parametrize(("count", "status"), [(143, "insufficient"), (144, "assessed")])
def test_four_fifths_of_the_month_must_be_there(count: int, status: str) -> None:
    found = assess(month(count))
    assert (found.status, found.final_readings, found.expected_readings) == (status, count, 180)


def test_an_insufficient_month_says_how_much_is_there() -> None:
    found = assess(month(12))
    assert found.reason is not None
    assert "12/180" in found.reason
    assert (found.water_class, found.met, found.label, found.standard) == (None,) * 4
    assert mean_of(found, "codmn") == (1.5, 12, "auto", False)


@pytest.mark.parametrize(
    "changes", [{"validity": "doubtful"}, {"validity": "invalid"}, {"withdrawn": True}]
)
def test_what_may_not_be_used_is_counted_and_left_out(changes: dict[str, object]) -> None:
    spoiled = [reading(place, {"tp": 9.0}, **changes) for place in range(170, 180)]
    found = assess([*month(170), *spoiled])
    assert (found.water_class, found.final_readings, found.excluded_readings) == ("Ⅰ", 170, 10)


def test_an_item_with_too_few_values_is_shown_and_not_counted() -> None:
    sparse = [reading(place, {"nh3n": 3.0 if place < 10 else None}) for place in range(180)]
    found = assess(sparse)
    assert mean_of(found, "nh3n") == (3.0, 10, "auto", False)
    assert (found.water_class, found.partial) == ("Ⅰ", True)


def test_manual_months_fill_what_stations_do_not_measure() -> None:
    manual = reading(30, method="manual", items=items({"bod5": 5.0, "codmn": 12.0, "tn": 3.0}))
    found = assess([*month(), manual])
    assert mean_of(found, "bod5") == (5.0, 1, "manual", True)
    assert mean_of(found, "codmn") == (1.5, 180, "auto", True)
    assert (found.water_class, found.manual_readings) == ("Ⅳ", 1)


def test_a_manual_reading_alone_is_enough_for_a_month() -> None:
    manual = reading(30, method="manual", items=items({**GOOD, "cod": 35.0}))
    found = assess([*month(10), manual])
    assert mean_of(found, "codmn") == (1.5, 1, "manual", True)
    assert (found.status, found.water_class, found.partial) == ("assessed", "Ⅴ", False)


def test_nitrogen_has_a_mean_and_no_class() -> None:
    found = assess(month(values={"tn": 9.0}))
    assert mean_of(found, "tn")[0] == 9.0
    assert found.water_class == "Ⅰ"


def test_readings_without_any_value_are_no_readings() -> None:
    silent = reading(179, dict.fromkeys(GOOD))
    assert assess([*month(143), silent]).final_readings == 143


def test_values_that_all_equal_the_limit_meet_it() -> None:
    assert assess(month(values={"tp": 0.1, "nh3n": 0.15})).water_class == "Ⅱ"

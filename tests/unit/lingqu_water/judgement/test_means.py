"""Means of a period."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lingqu_water.judgement.given import code, item

from lingqu_water.judgement.evaluation import load_evaluation, round_half_even
from lingqu_water.judgement.items import shipped_items
from lingqu_water.judgement.means import arithmetic_mean, ion_mean, means_of
from lingqu_water.readings.model import Item

MONTH = load_evaluation("month")
FIGURES = st.integers(0, 10**9).map(lambda figure: figure / 10_000)


@given(FIGURES, st.integers(1, 200))
def test_values_that_are_all_alike_are_their_own_mean(value: float, count: int) -> None:
    assert arithmetic_mean([value] * count) == value


@given(st.lists(FIGURES, min_size=1, max_size=60))
def test_the_mean_is_exact_and_knows_no_order(values: list[float]) -> None:
    exact = sum(Fraction(repr(value)) for value in values) / len(values)
    assert arithmetic_mean(values) == float(exact)
    assert arithmetic_mean(sorted(values)) == arithmetic_mean(values)


def test_ions_weigh_sour_water_more() -> None:
    assert arithmetic_mean([6.0, 8.0]) == 7.0
    assert ion_mean([6.0, 8.0]) == pytest.approx(6.2967, abs=1e-4)


def test_below_detection_counts_half_its_limit_in_means() -> None:
    below = Item(code("hg"), None, "mg/L", "below_detection", 0.00004)
    means = means_of([[below], [item("hg", 0.00006)]], shipped_items(), MONTH)
    assert (means[code("hg")].value, means[code("hg")].count) == (0.00004, 2)


def test_missing_values_and_unknown_items_are_left_out() -> None:
    readings = [[item("tp", None), Item("w99999", 3.0, "mg/L", "measured")], [item("tp", 0.2)]]
    means = means_of(readings, shipped_items(), MONTH)
    assert {each.code: each.count for each in means.values()} == {code("tp"): 1}


def test_ph_is_averaged_as_the_evaluation_says() -> None:
    readings = [[item("ph", 6.0)], [item("ph", 8.0)]]
    by_ions = MONTH.model_copy(update={"ph_mean": "hydrogen_ion"})
    assert means_of(readings, shipped_items(), MONTH)[code("ph")].value == 7.0
    assert means_of(readings, shipped_items(), by_ions)[code("ph")].value < 6.3


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [(0.25, 1, 0.2), (0.35, 1, 0.4), (0.251, 1, 0.3), (2.675, 2, 2.68), (1.005, 2, 1.0), (7, 0, 7)],
)
def test_a_lone_five_is_rounded_to_the_even_digit(
    value: float, places: int, rounded: float
) -> None:
    assert round_half_even(value, places) == rounded

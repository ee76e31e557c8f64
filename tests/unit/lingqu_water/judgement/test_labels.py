"""What classes and basins are called."""

from __future__ import annotations

import pytest

from lingqu_water.judgement.labels import Labels
from lingqu_water.judgement.water_class import CLASSES

LABELS = Labels()


@pytest.mark.parametrize(
    ("water_class", "label", "colour"),
    [
        ("Ⅰ", "优", "蓝"),
        ("Ⅱ", "优", "蓝"),
        ("Ⅲ", "良好", "绿"),
        ("Ⅳ", "轻度污染", "黄"),
        ("Ⅴ", "中度污染", "橙"),
        ("劣Ⅴ", "重度污染", "红"),
    ],
)
def test_every_class_has_a_label_and_a_colour(water_class: str, label: str, colour: str) -> None:
    assert (LABELS.label(water_class), LABELS.colour(water_class)) == (label, colour)


@pytest.mark.parametrize(
    ("good", "fair", "worst", "label"),
    [
        (90, 10, 0, "优"),
        (89, 11, 0, "良好"),
        (75, 0, 25, "良好"),
        (74, 7, 19, "轻度污染"),
        (74, 6, 20, "中度污染"),
        (60, 0, 40, "中度污染"),
        (59, 1, 40, "重度污染"),
        (59, 2, 39, "中度污染"),
        (0, 100, 0, "轻度污染"),
    ],
)
def test_a_basin_is_called_by_the_shares_of_its_sections(
    good: int, fair: int, worst: int, label: str
) -> None:
    classes = [CLASSES[2]] * good + [CLASSES[3]] * fair + [CLASSES[-1]] * worst
    state = LABELS.basin(classes)
    assert (state.label, state.good_percent, state.worst_percent) == (label, good, worst)


def test_a_basin_of_four_sections_has_no_label() -> None:
    state = LABELS.basin([CLASSES[0]] * 4)
    assert (state.sections, state.label) == (4, None)
    assert LABELS.basin([]).sections == 0

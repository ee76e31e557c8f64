from __future__ import annotations

import random
from datetime import datetime
from itertools import pairwise
from statistics import fmean

import pytest

from lingqu.clock import CHINA
from lingqu_water.sections.model import Kind, Section
from lingqu_water.simulation.profile import ItemProfile, load_profile
from lingqu_water.simulation.values import Values

STEADY = ItemProfile(item="water_temp", form="sum", river=10, season=5, day=2, wave=-3, decimals=2)


def at(month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=CHINA)


def values(*items: ItemProfile, kind: Kind = "river") -> Values:
    return Values(Section("43-甲", "甲", "43", kind), items, random.Random(1))


def test_the_season_and_the_hour_move_a_value() -> None:
    here = values(STEADY)
    assert here.at(at(7, 28, 15), 0)["water_temp"] == 17
    assert here.at(at(7, 28, 3), 0)["water_temp"] == 13
    assert here.at(at(1, 26, 15), 0)["water_temp"] == pytest.approx(7, abs=0.01)


def test_a_wave_moves_a_value_by_its_strength() -> None:
    here = values(STEADY)
    assert here.at(at(7, 28, 15), 2)["water_temp"] == 17 - 6


def test_a_value_is_never_below_the_least() -> None:
    falling = STEADY.model_copy(update={"least": 0.3})
    assert values(falling).at(at(7, 28, 15), 99)["water_temp"] == 0.3


def test_an_item_without_a_base_for_the_water_is_not_measured_there() -> None:
    assert values(STEADY, kind="lake").at(at(7, 28, 15), 0) == {}


def test_noise_lasts_from_one_reading_to_the_next_and_has_no_drift() -> None:
    noisy = ItemProfile(item="ph", form="sum", river=50, noise=1, decimals=3)
    here = values(noisy)
    seen = [here.at(at(7, 28, 9), 0)["ph"] - 50 for _ in range(4000)]

    neighbours = fmean(one * other for one, other in pairwise(seen))
    assert abs(fmean(seen)) < 0.2
    assert neighbours > 0.6 * fmean(one * one for one in seen)


def test_the_profile_measures_algae_in_lakes_only() -> None:
    profile = load_profile()
    rivers = values(*profile.items).at(at(7, 28, 9), 0)
    lakes = values(*profile.items, kind="lake").at(at(7, 28, 9), 0)
    assert lakes.keys() - rivers.keys() == {"chla", "algae"}

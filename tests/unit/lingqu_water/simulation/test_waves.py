from __future__ import annotations

import random

from lingqu_water.simulation.waves import Wave, Waves

WAY = {"43-上": 0.0, "43-下": 24.0}
WAVE = Wave(WAY, enters_h=10, strength=2)


def test_a_wave_is_strongest_when_it_passes() -> None:
    assert WAVE.at("43-上", 10) == 2
    assert WAVE.at("43-上", 10) > WAVE.at("43-上", 14) > WAVE.at("43-上", 20) > 0
    assert WAVE.at("43-上", 60) == 0


def test_a_wave_arrives_later_and_weaker_downstream() -> None:
    assert 0 < WAVE.at("43-下", 34) < 2
    assert WAVE.at("43-下", 34) > WAVE.at("43-下", 10)


def test_a_section_off_the_way_feels_nothing() -> None:
    assert WAVE.at("43-旁", 10) == 0


def test_waves_keep_coming_and_old_ones_are_forgotten() -> None:
    waves = Waves([WAY], random.Random(7))
    felt = [waves.at("43-上", float(hour)) for hour in range(0, 5000, 4)]

    crests = sum(
        before < here >= after
        for before, here, after in zip(felt, felt[1:], felt[2:], strict=False)
    )
    assert 10 < crests < 45
    assert len(waves._under_way) < 4


def test_without_a_waterway_there_is_no_wave() -> None:
    assert Waves([], random.Random(7)).at("43-上", 12) == 0

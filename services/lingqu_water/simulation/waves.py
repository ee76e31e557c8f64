"""Waves of pollution that move downstream, section by section, wider and weaker on their way."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_FIRST_AFTER_H = 12.0
_PAUSE_H = 240.0
_FADES_IN_H = 120.0
_NARROWEST_H = 5.0
_WIDENS_BY = 1 / 12
_SEEN_WITHIN = 4.0  # widths: beyond that a wave is below any noise
_LONGEST_H = 240.0


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave: when it enters a waterway, and how strong."""

    waterway: Mapping[str, float]
    enters_h: float
    strength: float

    def at(self, section_code: str, hour: float) -> float:
        """Return how strongly a section feels it; 1 takes clean water to about class Ⅳ."""
        travelled = self.waterway.get(section_code)
        if travelled is None:
            return 0.0
        width = _NARROWEST_H + travelled * _WIDENS_BY
        away = (hour - self.enters_h - travelled) / width
        if abs(away) > _SEEN_WITHIN:
            return 0.0
        return self.strength * math.exp(-travelled / _FADES_IN_H - away * away / 2)


class Waves:
    """The waves of a scene: one soon after its start, and more from time to time."""

    def __init__(self, waterways: Sequence[Mapping[str, float]], chance: random.Random) -> None:
        self._waterways = waterways
        self._chance = chance
        self._under_way: list[Wave] = []
        self._next_h = _FIRST_AFTER_H

    def at(self, section_code: str, hour: float) -> float:
        """Return what a section feels of all waves together; hours only rise."""
        if not self._waterways:
            return 0.0
        while hour >= self._next_h - _NARROWEST_H * _SEEN_WITHIN:
            self._enter()
        return sum(wave.at(section_code, hour) for wave in self._under_way)

    def _enter(self) -> None:
        first = not self._under_way
        waterway = self._waterways[0] if first else self._chance.choice(self._waterways)
        since = self._next_h - _LONGEST_H
        self._under_way = [wave for wave in self._under_way if wave.enters_h > since]
        self._under_way.append(Wave(waterway, self._next_h, self._chance.uniform(1.2, 2.2)))
        self._next_h += _PAUSE_H * self._chance.uniform(0.5, 1.5)

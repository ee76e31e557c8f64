"""Values of items over time: season, hour of the day, noise that lasts, and waves."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import datetime

from lingqu.clock import CHINA
from lingqu_water.sections.model import Section
from lingqu_water.simulation.profile import ItemProfile

_WARMEST_DAY = 209  # 28 July
_WARMEST_HOUR = 15
_LASTS = 0.8  # of the noise, from one reading to the next


class Values:
    """The items of one section; noise is remembered between readings."""

    def __init__(
        self, section: Section, items: Sequence[ItemProfile], chance: random.Random
    ) -> None:
        self._chance = chance
        self._noise = dict.fromkeys((item.item for item in items), 0.0)
        place = chance.uniform(0.85, 1.15)
        self._items = [
            (item, base if item.form == "sum" else base * place)
            for item in items
            if (base := item.base(section.kind)) is not None
        ]

    def at(self, moment: datetime, wave: float) -> dict[str, float]:
        """Return the value of each item measured here, rounded as the station rounds."""
        local = moment.astimezone(CHINA)
        season = math.cos((local.timetuple().tm_yday - _WARMEST_DAY) * 2 * math.pi / 365)
        day = math.cos((local.hour + local.minute / 60 - _WARMEST_HOUR) * 2 * math.pi / 24)
        return {
            item.item: self._value(item, base, (season, day, wave)) for item, base in self._items
        }

    def _value(self, item: ItemProfile, base: float, moved_by: tuple[float, float, float]) -> float:
        season, day, wave = moved_by
        cycle = item.season * season + item.day * day + item.wave * wave
        noise = self._lasting_noise(item)
        if item.form == "sum":
            value = base + cycle + noise
        else:
            value = base * max(0.0, 1 + cycle) * math.exp(noise)
        rounded = round(max(item.least, value), item.decimals)
        return float(rounded)

    def _lasting_noise(self, item: ItemProfile) -> float:
        fresh = self._chance.gauss(0, item.noise * math.sqrt(1 - _LASTS * _LASTS))
        self._noise[item.item] = _LASTS * self._noise[item.item] + fresh
        return self._noise[item.item]

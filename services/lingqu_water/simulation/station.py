"""A station: what it measures, what it misses, and when it is out of service."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lingqu_water.readings.model import Item
from lingqu_water.sections.model import Section
from lingqu_water.simulation.profile import Chances, ItemProfile, Profile
from lingqu_water.simulation.values import Values

IN_SERVICE = "正常"
_OUT_OF_SERVICE = ("维护", "维护", "停站")
_HOLDS = 0.5  # of the stations in maintenance: their last values stand there unchanged


@dataclass(frozen=True, slots=True)
class Observation:
    """What a station tells at one moment."""

    status: str
    items: tuple[Item, ...]

    @property
    def in_service(self) -> bool:
        return self.status == IN_SERVICE


class Station:
    """An automatic station at a section; it fails from time to time, for some rounds."""

    def __init__(self, section: Section, profile: Profile, chance: random.Random) -> None:
        self.section = section
        self._chance = chance
        self._chances = profile.chances
        self._specs = profile.items
        self._values = Values(section, profile.items, chance)
        self._last = Observation(IN_SERVICE, ())
        self._rounds_left = 0
        self._status = IN_SERVICE
        self._holds = False

    def observe(self, moment: datetime, wave: float) -> Observation:
        """Return the station's message of this moment; called once a round."""
        self._fail_or_recover()
        values = self._values.at(moment, wave)
        items = tuple(self._item(spec, values) for spec in self._specs)
        if self._status == IN_SERVICE:
            self._last = Observation(IN_SERVICE, items)
            return self._last
        if self._holds and self._last.items:
            return Observation(self._status, self._last.items)
        silent = tuple(_without(spec, values) for spec in self._specs)
        return Observation(self._status, silent)

    def _fail_or_recover(self) -> None:
        if self._rounds_left:
            self._rounds_left -= 1
        elif self._chance.random() < self._chances.outage:
            self._rounds_left = self._chance.randint(1, 4)
            self._status = self._chance.choice(_OUT_OF_SERVICE)
            self._holds = self._status == "维护" and self._chance.random() < _HOLDS
        else:
            self._status = IN_SERVICE

    def _item(self, spec: ItemProfile, values: Mapping[str, float]) -> Item:
        missing = _missing(self._chance.random(), self._chances)
        if spec.item not in values:
            return _without(spec, values)
        if missing is not None:
            return Item(spec.code, None, spec.unit, missing)
        return item_of(spec, values[spec.item])


def item_of(spec: ItemProfile, value: float) -> Item:
    """Return the value as an item, below detection where it is."""
    limit = spec.detection_limit
    if limit is not None and value < limit:
        return Item(spec.code, None, spec.unit, "below_detection", limit)
    return Item(spec.code, value, spec.unit, "measured")


def _without(spec: ItemProfile, values: Mapping[str, float]) -> Item:
    return Item(spec.code, None, spec.unit, "no_value" if spec.item in values else "not_measured")


def _missing(drawn: float, chances: Chances) -> str | None:
    if drawn < chances.no_value:
        return "no_value"
    return "filtered" if drawn < chances.no_value + chances.filtered else None

"""A scene played: round after round of readings, and what is said about earlier ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count

from lingqu.simulation import Scene
from lingqu_water.judgement.classify import shipped_judge
from lingqu_water.sections.model import Section
from lingqu_water.simulation.corrections import Corrections
from lingqu_water.simulation.events import Event, Moment, Writer
from lingqu_water.simulation.pace import ROUND_H, Pace
from lingqu_water.simulation.profile import Profile
from lingqu_water.simulation.station import Observation, Station, item_of
from lingqu_water.simulation.values import Values
from lingqu_water.simulation.waves import Waves

_ALSO_BY_HAND = ("codmn", "nh3n", "tp")


class Play:
    """One scene's stations, waves and corrections."""

    def __init__(self, sections: Sequence[Section], profile: Profile, scene: Scene) -> None:
        chance = random.Random(f"{scene.seed} {scene.region}")  # noqa: S311 - play, not secrets
        passed = {section.code for section in sections}
        self._chance = chance
        self._profile = profile
        self._pace = Pace(scene)
        self._writer = Writer(scene.region, shipped_judge(), chance)
        self._later = Corrections(self._writer, profile.chances, chance)
        self._waves = Waves([way for way in profile.waterways if passed & way.keys()], chance)
        self._stations = [Station(section, profile, chance) for section in sections]
        self._laboratory = {each.code: Values(each, profile.by_hand, chance) for each in sections}
        codes = (item.code for item in profile.items if item.item in _ALSO_BY_HAND)
        self._also_by_hand = frozenset(codes)

    def events(self) -> Iterator[Event]:
        """Yield the scene's events without end; nothing where there are no sections."""
        for number in count() if self._stations else ():
            nature = self._pace.begin(number)
            for correct in self._later.due(number):
                yield correct(self._pace.next())
            for station in self._stations:
                yield from self._told_at(station, number, nature)

    def _told_at(self, station: Station, number: int, nature: datetime) -> Iterator[Event]:
        wave = self._waves.at(station.section.code, number * ROUND_H)
        seen = station.observe(nature, wave)
        at = self._pace.reading()
        event = self._writer.automatic(station.section, seen, at)
        self._later.consider(event, number)
        yield event
        if self._chance.random() < self._profile.chances.by_hand and seen.in_service:
            values = self._laboratory[station.section.code].at(nature, wave)
            yield self._by_hand(station.section, seen, values, at.sampled_at)

    def _by_hand(
        self, section: Section, seen: Observation, values: dict[str, float], sampled_at: datetime
    ) -> Event:
        measured = [item for item in seen.items if item.code in self._also_by_hand]
        added = [item_of(spec, values[spec.item]) for spec in self._profile.by_hand]
        told = Moment(sampled_at, self._pace.next())
        return self._writer.by_hand(section, [*measured, *added], told)

"""Decisions on the credit levels of enterprises, by the order in force on the day."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from lingqu.clock import china_day
from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.agenda import Agenda, Event
from lingqu.simulation import Scene
from lingqu_customs.codes.aeo import load_schemes
from lingqu_customs.simulation.enterprises import enterprises
from lingqu_customs.simulation.profile import STEP, Profile

_PEOPLE = 200
_TAKES_EFFECT = timedelta(days=7)


class LevelPlay:
    """One scene's decisions; an enterprise may be judged again."""

    def __init__(self, profile: Profile, scene: Scene) -> None:
        self._office = profile.offices[scene.region][0]
        self._region = scene.region
        self._chance = random.Random(f"{scene.seed} {scene.region} levels")  # noqa: S311 - play
        self._people = enterprises(scene.region, _PEOPLE, self._chance)
        self._schemes = load_schemes()
        self._agenda = Agenda(scene, STEP, self._begin)
        self._told: dict[tuple[str, str], str] = {}

    def events(self) -> Iterator[Event]:
        """Yield decisions without end."""
        return self._agenda.events()

    def _begin(self, count: int) -> None:
        del count
        self._agenda.put(self._agenda.now, self._decided)

    def _decided(self, now: datetime) -> Event:
        code, event_id = self._chance.choice(self._people), uuid7(now)
        day = china_day(now)
        begins = day + _TAKES_EFFECT
        scheme = self._schemes.on(begins)
        assert scheme is not None  # noqa: S101 - the shipped orders leave no gap
        key = code, begins.isoformat()
        before = self._told.get(key)
        self._told[key] = event_id
        return {
            "event_id": event_id,
            "occurred_at": now.isoformat(),
            "origin": self._region,
            "change": "first" if before is None else "revision",
            "supersedes": before,
            "enterprise_code": code,
            "enterprise_name": "示例企业",
            "valid_from": begins.isoformat(),
            "scheme": scheme.order,
            "level": self._chance.choice(list(scheme.levels)),
            "office": self._office,
            "decided_on": day.isoformat(),
            "decision_no": f"示例认定-{self._chance.randint(1, 99_999)}",
        }

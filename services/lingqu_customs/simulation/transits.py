"""Transits between regions: each region tells what its own office did, and both tell of the same.

Under one seed, what one region lets depart another lets arrive, whichever of them is played.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import permutations

from lingqu.domain_service.agenda import Agenda, Event
from lingqu.simulation import Scene
from lingqu_customs.simulation.profile import STEP, Profile
from lingqu_customs.simulation.telling import Telling

_ALLOWED = timedelta(days=2)
_DUE = {"declared": 0, "released": 2, "departed": 5, "arrived": 30, "written_off": 36}
_AT_THE_END = ("arrived", "written_off")


class TransitPlay:
    """One scene's end of the transits."""

    def __init__(self, profile: Profile, scene: Scene) -> None:
        self._profile = profile
        self._scene = scene
        self._routes = [
            route for route in permutations(sorted(profile.offices), 2) if scene.region in route
        ]
        self._agenda = Agenda(scene, STEP, self._begin)

    def events(self) -> Iterator[Event]:
        """Yield steps of transits without end."""
        return self._agenda.events()

    def _begin(self, count: int) -> None:
        number, place = divmod(count, len(self._routes))
        start, end = self._routes[place]
        transit = f"ZG{self._scene.seed % 100_000:05}{start}{end}{number:06}"
        chance = random.Random(transit)  # noqa: S311 - play, not secrets
        told = self._transit(transit, start, end, chance)
        arrives = chance.random() >= self._profile.chances.never_arrives
        now = self._agenda.now
        telling = Telling(self._agenda, self._profile.chances, chance)
        for step, due in _DUE.items():
            ends = step in _AT_THE_END
            if (end if ends else start) == self._scene.region and (arrives or not ends):
                telling.put(now + due, step, partial(self._said, told, step, now + due))

    def _transit(self, transit: str, start: str, end: str, chance: random.Random) -> Event:
        offices = self._profile.offices
        return {
            "origin": self._scene.region,
            "transit_no": transit,
            "leg": 1,
            "from_office": chance.choice(offices[start]),
            "to_office": chance.choice(offices[end]),
            "direction": chance.choice(("export", "import")),
            "relation": chance.choice(("ordinary", "advance")),
            "trans_flag": chance.choice((None, "1", "1E")),
            "consignment_no": f"{start}-{transit}",
            "transport_mode": chance.choice("34"),
            "packages": chance.randint(1, 1200),
            "seal_nos": [f"示例封志-{chance.randint(1, 99_999)}"],
            "hs4": [chance.choice(self._profile.goods).heading],
        }

    def _said(self, told: Event, step: str, due: int) -> Event:
        ends, departs = step in _AT_THE_END, step == "departed"
        return told | {
            "office": told["to_office"] if ends else told["from_office"],
            "due_at": (self._agenda.at(due) + _ALLOWED).isoformat() if departs else None,
            "seals_intact": True if step == "arrived" else None,
        }

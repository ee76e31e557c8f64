"""Inspections of goods for Hong Kong and Macao: some fail, some arrive unsealed or never."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from lingqu.domain_service.agenda import Agenda, Event
from lingqu.simulation import Scene
from lingqu_customs.simulation.enterprises import enterprises
from lingqu_customs.simulation.profile import STEP, Profile
from lingqu_customs.simulation.telling import Telling

_PEOPLE = 20
_INSPECTED, _CERTIFIED, _ARRIVED = 4, 7, 30


class InspectionPlay:
    """One scene's inspections, with the word of their arrival as its own customs passes it on."""

    def __init__(self, profile: Profile, scene: Scene) -> None:
        self._profile = profile
        self._scene = scene
        self._chance = random.Random(f"{scene.seed} {scene.region} inspections")  # noqa: S311
        self._agenda = Agenda(scene, STEP, self._begin)
        self._producers = enterprises(scene.region, _PEOPLE, self._chance)
        wanted = profile.inspections.headings
        self._products = [each for each in profile.goods if each.heading in wanted]

    def events(self) -> Iterator[Event]:
        """Yield steps of inspections without end."""
        return self._agenda.events()

    def _begin(self, count: int) -> None:
        chance, now = self._chance, self._agenda.now
        profile, chances = self._profile.inspections, self._profile.chances
        telling = Telling(self._agenda, chances, chance)
        number = f"BJ{self._scene.seed % 100_000:05}{self._scene.region}{count:06}"
        consignee = chance.choice(profile.consignees)
        goods = self._goods(number) | {"destination": consignee.destination}
        telling.put(now, "applied", lambda: goods)
        if chance.random() < profile.fails:
            found = {"result": "failed", "failed_items": [chance.choice(profile.failures)]}
            telling.put(now + _INSPECTED, "inspected", lambda: goods | found)
            return
        passed = goods | {"result": "passed"}
        telling.put(now + _INSPECTED, "inspected", lambda: passed)
        certified = passed | _certificate(number)
        telling.put(now + _CERTIFIED, "certified", lambda: certified)
        if chance.random() >= chances.never_arrives:
            intact = chance.random() >= profile.seals_broken
            arrived = certified | {"office": consignee.port}
            due = now + _ARRIVED
            say = partial(self._arrived, telling, arrived, due, intact=intact)
            telling.put(due, "arrived", say)

    def _goods(self, number: str) -> Event:
        chance, region = self._chance, self._scene.region
        product = chance.choice(self._products)
        return {
            "origin": region,
            "inspection_no": number,
            "office": chance.choice(self._profile.offices[region]),
            "consignment_no": f"{region}-{number}",
            "hs4": [product.heading],
            "goods_name": product.name,
            "quantity": float(chance.randint(200, 24_000)),
            "unit": "035",
            "producer_uscc": chance.choice(self._producers),
            "e_ledger_no": f"示例底账-{number}",
            "base_no": f"示例基地-{chance.randint(1, 40)}",
            "base_name": "示例养殖(种植)基地",
        }

    def _arrived(self, telling: Telling, goods: Event, due: int, *, intact: bool) -> Event:
        at = self._agenda.at(due).isoformat()
        return goods | {
            "feedback": {"arrived_at": at, "seals_intact": intact, "accepted": intact},
            "refers_to": telling.ids["certified"],
        }


def _certificate(number: str) -> Event:
    return {
        "certificate_no": f"示例证书-{number}",
        "batch_no": f"示例批次-{number}",
        "seal_nos": [f"示例封识-{number}"],
    }

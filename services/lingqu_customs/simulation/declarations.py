"""Declarations and their receipts: repeated, late, out of order, unexpected, re-opened."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.agenda import Agenda, Event
from lingqu.instants import milliseconds
from lingqu.simulation import Scene
from lingqu_customs.codes.receipts import Family, load_receipt_codes
from lingqu_customs.lifecycle.facts import Receipt
from lingqu_customs.lifecycle.fold import Standing, fold
from lingqu_customs.lifecycle.state import State
from lingqu_customs.simulation.enterprises import enterprises, with_wrong_check_digit
from lingqu_customs.simulation.profile import STEP, Profile, Way

_APART = 4  # steps between the receipts of one declaration, about
_LATE_BY = 9
_PEOPLE = 40


@dataclass
class Journey:
    """One declaration on its way: what was declared, and the receipts told so far."""

    number: str
    customs_no: str
    way: Way
    head: Event
    told: list[Receipt] = field(default_factory=list)
    received: bool = False


class DeclarationPlay:
    """One scene's declarations."""

    def __init__(self, profile: Profile, scene: Scene) -> None:
        self._profile = profile
        self._scene = scene
        self._chance = random.Random(f"{scene.seed} {scene.region} declarations")  # noqa: S311
        self._agenda = Agenda(scene, STEP, self._begin)
        self._codes = load_receipt_codes()
        self._people = enterprises(scene.region, _PEOPLE, self._chance)

    def events(self) -> Iterator[Event]:
        """Yield declarations and their statuses without end."""
        return self._agenda.events()

    def _begin(self, count: int) -> None:
        journey = self._journey(count)
        now = self._agenda.now
        self._agenda.put(now, partial(self._declared, journey))
        due = now
        for place, code in enumerate(journey.way.codes):
            due += self._chance.randint(1, 2 * _APART - 1)
            self._put(journey, place, code, due)
        if self._chance.random() < self._profile.chances.revised:
            self._agenda.put(due + _APART, partial(self._revised, journey))

    def _put(self, journey: Journey, place: int, code: str, due: int) -> None:
        chances, draw = self._profile.chances, self._chance.random()
        told = due + (_LATE_BY if draw < chances.late else 0)
        tell = partial(self._status, journey, place, code, due)
        self._agenda.put(told, tell)
        if draw > 1 - chances.repeat:
            self._agenda.put(told + self._chance.randint(1, _LATE_BY), tell)

    def _journey(self, count: int) -> Journey:
        scene, chance = self._scene, self._chance
        exports = chance.random() < 0.7
        year = self._agenda.at(self._agenda.now).year
        serial = f"{scene.seed % 100_000:05}{scene.region[:2]}{count % 1_000_000:06}"
        number = f"{'E' if exports else 'I'}{year}{serial}"
        office = chance.choice(self._profile.offices[scene.region])
        direction = "export" if exports else "import"
        customs_no = f"{office}{year}{'0' if exports else '1'}{serial[-9:]}"
        way = chance.choices(self._profile.ways, [way.share for way in self._profile.ways])[0]
        return Journey(number, customs_no, way, self._head(number, office, direction, way))

    def _head(self, number: str, office: str, direction: str, way: Way) -> Event:
        chance, product = self._chance, self._chance.choice(self._profile.goods)
        weight = float(chance.randint(200, 24_000))
        price = int(weight * product.fen_a_kg)
        item = {"item_no": 1, "hs_code": product.hs_code, "name": product.name}
        amount = {"quantity": weight, "unit": "035", "origin_country": "CHN", "total_fen": price}
        return {
            "origin": self._scene.region,
            "declaration_no": number,
            "direction": direction,
            "source": "single_window",
            "authorisation_ref": f"示例授权-{number[-4:]}",
            "consignment_no": f"{self._scene.region}-{number}",
            "declare_office": office,
            "entry_exit_office": chance.choice(self._profile.ports),
            "clearance_mode": way.mode,
            "transport_mode": chance.choice("2345"),
            "supervision_mode": chance.choice(("0110", "0110", "1039", "9610")),
            "packages": chance.randint(1, 1200),
            "gross_weight_kg": round(weight * 1.05, 2),
            "net_weight_kg": weight,
            "trade_country": chance.choice(("HKG", "VNM", "DEU", "USA")),
            "hs4": [product.heading],
            "owner_uscc": self._owner(),
            "owner_name": "示例企业",
            "counterparty": f"Example Trading {chance.randint(1, 60)}",
            "contract_no": f"示例合同-{chance.randint(1, 9999)}",
            "currency": "CNY",
            "total_fen": price,
            "goods": [item | amount],
        }

    def _declared(self, journey: Journey, now: datetime) -> Event:
        journey.head |= {
            "event_id": uuid7(now),
            "occurred_at": now.isoformat(),
            "state": "submitted",
            "declared_at": now.isoformat(),
        }
        return dict(journey.head)

    def _revised(self, journey: Journey, now: datetime) -> Event:
        """Return the declaration with a figure put right, in the state that it has."""
        last = fold(journey.told, self._codes)
        before = journey.head["event_id"]
        journey.head |= {
            "event_id": uuid7(now),
            "occurred_at": now.isoformat(),
            "change": "revision",
            "supersedes": before,
            "packages": journey.head["packages"] + 1,
            "state": _state(last),
            "guaranteed": last.guaranteed,
        }
        return dict(journey.head)

    def _status(self, journey: Journey, place: int, code: str, due: int, now: datetime) -> Event:
        happened, told = map(milliseconds, (self._agenda.at(due), now))
        named = f"{journey.number}-{place + 1}"
        family: Family = "single_window"
        receipt = Receipt(journey.number, named, family, code, happened, told)
        journey.told.append(receipt)
        journey.received = journey.received or code in {"L", "SpL"}
        standing = fold(journey.told, self._codes)
        return journey.head | {
            "event_id": uuid7(now),
            "occurred_at": now.isoformat(),
            "change": "revision",
            "supersedes": journey.head["event_id"],
            "statement": "status",
            "customs_no": journey.customs_no if journey.received else None,
            "state": _state(standing),
            "guaranteed": standing.guaranteed,
            "anomaly": bool(standing.anomalies),
            "receipt": {
                "receipt_id": named,
                "family": family,
                "code": code,
                "event_at": self._agenda.at(due).isoformat(),
                "received_at": now.isoformat(),
                "office": journey.head["declare_office"],
            },
        }

    def _owner(self) -> str:
        """Return an enterprise's code, sometimes with a wrong check digit."""
        code = self._chance.choice(self._people)
        if self._chance.random() < self._profile.chances.wrong_check_digit:
            return with_wrong_check_digit(code)
        return code


def _state(standing: Standing) -> State:
    return "submitted" if standing.state == "draft" else standing.state

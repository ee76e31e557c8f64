"""Listings with and without measures, and the repairs that end some of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from lingqu.clock import china_day
from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.agenda import Agenda, Event
from lingqu.simulation import Scene
from lingqu_credit.periods.reckoning import Decided
from lingqu_credit.simulation.profile import BlackList, Profile
from lingqu_credit.simulation.subjects import Cast, period_of

_EDITION = "2024"
_AUTHORITY = "示例人民法院"
_APART = 3  # steps between those of a repair, about
_STOP_WITHIN = timedelta(days=3)
_TOPIC = "topic"


@dataclass
class Listing:
    """One listing, and its repair so far."""

    number: int
    event: Event
    steps: int = 0
    last_step: str | None = None


class ListingPlay:
    """One scene's listings and repairs: told as one story, each contract hears its part."""

    def __init__(self, profile: Profile, scene: Scene, step: timedelta) -> None:
        self._profile = profile
        self._region = scene.region
        self._chance = random.Random(f"{scene.seed} {scene.region} listings")  # noqa: S311
        self._cast = Cast(
            scene.region, scene.seed, profile.enterprises, profile.chances.wrong_check_digit
        )
        self._agenda = Agenda(scene, step, self._begin)

    def events_of(self, contract: str) -> Iterator[Event]:
        """Yield the events of one contract, without end."""
        for event in self._agenda.events():
            told = dict(event)
            if told.pop(_TOPIC) == contract:
                yield told

    def _begin(self, number: int) -> None:
        agenda, chance, chances = self._agenda, self._chance, self._profile.chances
        now = agenda.now
        listed = chance.choice(self._profile.lists)
        listing = Listing(number, self._listed(number, listed, agenda.at(now)))
        agenda.put(now, lambda _: listing.event)
        if chance.random() < chances.repeat:
            agenda.put(now + chance.randint(1, _APART), lambda _: listing.event)
        # Only what has no shortest publication is repaired so soon.
        if listing.event["min_until"] is not None or chance.random() >= chances.repaired:
            return
        due = now
        for tell in (self._applied, self._accepted, self._granted, self._ended):
            due += chance.randint(1, _APART)
            agenda.put(due, partial(tell, listing))

    def _listed(self, number: int, listed: BlackList, at: datetime) -> Event:
        chance, chances = self._chance, self._profile.chances
        decided_on = china_day(at) - timedelta(days=chance.randint(1, 6))
        person = listed.name == "失信被执行人" and chance.random() < chances.natural_person
        subject = (
            self._cast.person(chance, listed.basis) if person else self._cast.enterprise(chance)
        )
        decision_no = f"({decided_on.year})示例执{number + 1}号"
        return {
            _TOPIC: "credit.dishonesty",
            "event_id": uuid7(at),
            "occurred_at": at.isoformat(),
            "origin": self._region,
            "record_id": self._cast.record_id("SX", number),
            **subject,
            "list_type": listed.name,
            "decision_no": decision_no,
            "basis": listed.basis,
            "reason": listed.reason,
            "decided_on": decided_on.isoformat(),
            "authority": _AUTHORITY,
            **period_of(
                Decided("dishonesty", decided_on, list_type=listed.name),
                self._profile.stated_months,
            ),
            "measures": self._measures(listed, decided_on, decision_no),
        }

    def _measures(
        self, listed: BlackList, decided_on: date, decision_no: str
    ) -> list[dict[str, Any]]:
        if self._chance.random() < self._profile.chances.without_measure:
            return []
        return [
            {
                "measure_code": code,
                "edition": _EDITION,
                "basis": listed.basis,
                "list_type": listed.name,
                "decided_by": _AUTHORITY,
                "decision_no": decision_no,
                "from": decided_on.isoformat(),
                "until": None,
            }
            for code in listed.measures
        ]

    def _step(self, listing: Listing, step: str, at: datetime, **told: Any) -> Event:
        listing.steps += 1
        event = {
            _TOPIC: "credit.repair",
            "event_id": uuid7(at),
            "occurred_at": at.isoformat(),
            "origin": self._region,
            "repair_id": self._cast.record_id("XF", listing.number),
            "step": step,
            "sequence": listing.steps,
            "refers_to": listing.last_step,
            "record_kind": "dishonesty",
            "record_id": listing.event["record_id"],
            "record_origin": self._region,
            "authority": _AUTHORITY,
            **told,
        }
        listing.last_step = event["event_id"]
        return event

    def _applied(self, listing: Listing, at: datetime) -> Event:
        return self._step(
            listing, "applied", at, applied_on=china_day(at).isoformat(), committed=True
        )

    def _accepted(self, listing: Listing, at: datetime) -> Event:
        return self._step(listing, "accepted", at, corrected=True, committed=True)

    def _granted(self, listing: Listing, at: datetime) -> Event:
        return self._step(
            listing,
            "granted",
            at,
            corrected=True,
            committed=True,
            decision_no=f"示例修{listing.number + 1}号",
            stop_by=(at + _STOP_WITHIN).isoformat(),
        )

    def _ended(self, listing: Listing, at: datetime) -> Event:
        """Return what the repair leaves of the listing on its own topic: nothing of the subject."""
        first = listing.event
        return {
            _TOPIC: "credit.dishonesty",
            "event_id": uuid7(at),
            "occurred_at": at.isoformat(),
            "origin": self._region,
            "change": "withdrawal",
            "supersedes": first["event_id"],
            "record_id": first["record_id"],
            "subject_type": first["subject_type"],
            "list_type": first["list_type"],
            "state": "repaired",
            "end_reason": "repaired",
            "repair_state": "granted",
        }

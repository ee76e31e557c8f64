"""Penalties: repeated, late, out of order, corrected."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from lingqu.clock import china_day
from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.agenda import Agenda, Event
from lingqu.simulation import Scene
from lingqu_credit.periods.reckoning import Decided
from lingqu_credit.simulation.profile import Profile
from lingqu_credit.simulation.subjects import Cast, period_of

_PERSON_BASIS = "《行政处罚法》第四十八条"
_LATER = 6  # steps after which something follows, about
_LATE_DAYS = 25


class PenaltyPlay:
    """One scene's penalties."""

    def __init__(self, profile: Profile, scene: Scene, step: timedelta) -> None:
        chances = profile.chances
        self._profile = profile
        self._region = scene.region
        self._chance = random.Random(f"{scene.seed} {scene.region} penalties")  # noqa: S311
        self._cast = Cast(scene.region, scene.seed, profile.enterprises, chances.wrong_check_digit)
        self._agenda = Agenda(scene, step, self._begin)

    def events(self) -> Iterator[Event]:
        """Yield penalties and what is said of them later, without end."""
        return self._agenda.events()

    def _begin(self, number: int) -> None:
        agenda, chances, chance = self._agenda, self._profile.chances, self._chance
        now = agenda.now
        first = self._first(number, agenda.at(now))
        later = now + chance.randint(2, _LATER)
        draw = chance.random()
        if draw < chances.out_of_order:  # the correction overtakes what it corrects
            agenda.put(now, partial(self._revised, first))
            agenda.put(later, lambda _: first)
        else:
            agenda.put(now, lambda _: first)
            if draw < chances.out_of_order + chances.revised:
                agenda.put(later, partial(self._revised, first))
        if chance.random() < chances.repeat:
            agenda.put(later + 1, lambda _: first)

    def _first(self, number: int, at: datetime) -> Event:
        chance, chances = self._chance, self._profile.chances
        violation = chance.choice(self._profile.violations)
        is_person = chance.random() < chances.natural_person
        days = _LATE_DAYS if chance.random() < chances.late else chance.randint(1, 6)
        decided_on = china_day(at) - timedelta(days=days)
        fen = chance.randint(1, 4000) * 50_000 if "罚款" in violation.penalty else 0
        decided = Decided("penalty", decided_on, penalty_types=violation.penalty, fen=fen)
        subject: dict[str, Any] = (
            self._cast.person(chance, _PERSON_BASIS) if is_person else self._cast.enterprise(chance)
        )
        return {
            "event_id": uuid7(at),
            "occurred_at": at.isoformat(),
            "origin": self._region,
            "record_id": self._cast.record_id("CF", number),
            **subject,
            "document_no": f"示例罚〔{decided_on.year}〕{number + 1}号",
            "violation_type": violation.type,
            "facts": violation.facts,
            "basis": violation.basis,
            "penalty_type": violation.penalty,
            "content": violation.penalty,
            "fine_fen": fen or None,
            "decided_on": decided_on.isoformat(),
            "authority": "示例监督管理局",
            **period_of(decided, self._profile.stated_months),
        }

    def _revised(self, first: Event, at: datetime) -> Event:
        """Return the penalty with its content put right."""
        return first | {
            "event_id": uuid7(at),
            "occurred_at": (at + timedelta(milliseconds=1)).isoformat(),
            "change": "revision",
            "supersedes": first["event_id"],
            "content": f"{first['content']}(更正)",
        }

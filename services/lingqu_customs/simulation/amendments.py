"""Applications to amend or withdraw what the same scene declares, and what customs said to them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from lingqu.domain_service.agenda import Agenda, Event
from lingqu.simulation import Scene
from lingqu_customs.lifecycle.facts import AmendmentKind
from lingqu_customs.simulation.declarations import DeclarationPlay
from lingqu_customs.simulation.profile import STEP, Profile
from lingqu_customs.simulation.telling import Telling

_KINDS: tuple[AmendmentKind, ...] = ("modification", "modification", "withdrawal")
_APPLIED_WITHIN = 30  # steps after the declaration, at most
_APART = 6
_RECEIVED_AFTER = timedelta(seconds=5)


class AmendmentPlay:
    """One scene's applications, as its declarations go: fewer are told than of those."""

    def __init__(self, profile: Profile, scene: Scene) -> None:
        self._profile = profile
        self._chance = random.Random(f"{scene.seed} {scene.region} amendments")  # noqa: S311
        self._agenda = Agenda(scene, STEP, self._begin)
        self._declared = enumerate(DeclarationPlay(profile, scene).events())

    def events(self) -> Iterator[Event]:
        """Yield steps of applications without end."""
        return self._agenda.events()

    def _begin(self, _count: int) -> None:
        """Apply for the next declaration that somebody wants amended."""
        chance, amendments = self._chance, self._profile.amendments
        step, declared = next(self._amended())
        self._agenda.wait_until(step)
        shares = [each.share for each in amendments.procedures]
        (procedure,) = chance.choices(amendments.procedures, shares)
        application = _application(declared, chance.choice(_KINDS))
        telling = Telling(self._agenda, self._profile.chances, chance)
        due = step + chance.randint(1, _APPLIED_WITHIN)
        for taken in procedure.steps:
            telling.put(due, taken, partial(self._said, application, due))
            due += chance.randint(1, _APART)

    def _amended(self) -> Iterator[tuple[int, Event]]:
        for step, told in self._declared:
            is_new = "statement" not in told and "supersedes" not in told
            if is_new and self._chance.random() < self._profile.amendments.share:
                yield step, told

    def _said(self, application: Event, due: int) -> Event:
        return application | {"received_at": (self._agenda.at(due) + _RECEIVED_AFTER).isoformat()}


def _application(declared: Event, kind: AmendmentKind) -> Event:
    packages = declared["packages"]
    change = {"field": "packages", "before": str(packages), "after": str(packages + 1)}
    return {
        "origin": declared["origin"],
        "declaration_no": declared["declaration_no"],
        "amendment_no": f"示例修撤-{declared['declaration_no']}",
        "kind": kind,
        "consignment_no": declared["consignment_no"],
        "office": declared["declare_office"],
        "reason_code": "01",
        "reason": "件数申报有误(示例)",
        "changes": [change] if kind == "modification" else [],
        "applicant_uscc": declared["owner_uscc"],
    }

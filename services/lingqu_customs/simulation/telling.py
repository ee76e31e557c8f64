"""The steps of one matter as they are told: some late, some twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.agenda import Agenda, Event
from lingqu_customs.simulation.profile import Chances

_LATE_BY = 12

Say = Callable[[], Event]


@dataclass(frozen=True)
class Telling:
    """Puts steps on an agenda; `ids` are those of the events that told them last."""

    agenda: Agenda
    chances: Chances
    chance: random.Random
    ids: dict[str, str] = field(default_factory=dict)

    def put(self, due: int, step: str, say: Say) -> None:
        """Let a step that happens then be told; `say` returns what is said of it when it is."""
        tell = partial(self._tell, due, step, say)
        late = self.chance.random() < self.chances.late
        self.agenda.put(due + (_LATE_BY if late else 0), tell)
        if self.chance.random() < self.chances.repeat:
            self.agenda.put(due + 2 * _LATE_BY, tell)

    def _tell(self, due: int, step: str, say: Say, now: datetime) -> Event:
        """Return the step, or, told again, a revision that says the same."""
        event = say() | {
            "event_id": uuid7(now),
            "occurred_at": now.isoformat(),
            "step": step,
            "event_at": self.agenda.at(due).isoformat(),
        }
        if step in self.ids:
            event |= {"change": "revision", "supersedes": self.ids[step]}
        self.ids[step] = event["event_id"]
        return event

"""Steps of a repair as this hub tells them: published and kept in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.instants import milliseconds
from lingqu.outbox.events import Events
from lingqu_credit.repairs.store import REPAIR_TOPIC, STEPS, take_step


class Telling:
    """Publishes steps in the hub's name."""

    def __init__(self, events: Events, region: str, clock: Clock) -> None:
        self._events = events
        self.region = region
        self.clock = clock

    def tell(
        self, session: Session, repair: Mapping[str, Any], step: str, told: Mapping[str, Any]
    ) -> None:
        """Tell the next step; `repair` has its id, record, kind and origin.

        Raises RefusedEventError, and UnavailableError without a registry.
        """
        now = self.clock.now()
        event = STEPS.following(session, repair, step, told, self.region, now)
        self._events.append(session, REPAIR_TOPIC, [event])
        take_step(session, event, milliseconds(now))

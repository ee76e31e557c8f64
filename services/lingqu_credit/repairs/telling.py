"""Steps of a repair as this hub tells them: published and kept in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.contracts.envelope import uuid7
from lingqu.outbox.events import Events
from lingqu_credit.repairs.lifecycle import Course
from lingqu_credit.repairs.store import REPAIR_TOPIC, STEPS, take_step


class Telling:
    """Publishes steps in the hub's name."""

    def __init__(self, events: Events, region: str, clock: Clock) -> None:
        self._events = events
        self.region = region
        self.clock = clock

    def tell(
        self, session: Session, repair: Mapping[str, Any], step: str, told: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Course]:
        """Tell the next step; `repair` has its id, record, kind and origin.

        Raises RefusedEventError, and UnavailableError without a registry.
        """
        now = self.clock.now()
        now_ms = int(now.timestamp() * 1000)
        before = STEPS.documents(session, repair["repair_id"])
        last = before[-1] if before else None
        event = {
            "event_id": uuid7(now),
            "occurred_at": max(now_ms, last["occurred_at"] + 1) if last else now_ms,
            "origin": self.region,
            "repair_id": repair["repair_id"],
            "record_kind": repair["record_kind"],
            "record_id": repair["record_id"],
            "record_origin": repair["record_origin"],
            "step": step,
            "sequence": (last["sequence"] + 1) if last else 1,
            "refers_to": last["event_id"] if last else None,
            **told,
        }
        self._events.append(session, REPAIR_TOPIC, [event])
        return event, take_step(session, event, now_ms)

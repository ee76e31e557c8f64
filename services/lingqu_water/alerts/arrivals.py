"""Alerts and acknowledgements that come by topic from other regions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.inbox.handler import Received
from lingqu_water.alerts.acknowledgements import acknowledgement_of, write_acknowledgement
from lingqu_water.alerts.model import Alert, received_alert
from lingqu_water.alerts.store import alerts_of, note_events, write_alerts
from lingqu_water.alerts.tables import ALERT_ACKNOWLEDGEMENT, ALERT_EVENT


class AlertArrivals:
    """Keeps others' alerts as they told them last, and who acknowledged ours.

    What this service told itself is known when it comes back. No alert of ours is made of them.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        return {
            found
            for table in (ALERT_EVENT, ALERT_ACKNOWLEDGEMENT)
            for found in session.scalars(
                select(table.c.event_id).where(table.c.event_id.in_(event_ids))
            )
        }

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        for event in events:
            if event["kind"] == "acknowledgement":
                write_acknowledgement(session, acknowledgement_of(event))
            else:
                self._take(session, event)

    def _take(self, session: Session, event: Received) -> None:
        alert = received_alert(event, int(self._clock.now().timestamp() * 1000))
        before = alerts_of(session, [alert.alert_id]).get(alert.alert_id)
        note_events(session, [(alert, event["change"])])
        if before is None:
            write_alerts(session, [alert])
        elif _may_replace(before, alert):
            write_alerts(session, [replace(alert, opened_at_ms=before.opened_at_ms)])


def _may_replace(before: Alert, alert: Alert) -> bool:
    """Tell whether it comes from whom it came before, and is not older: a replay may be."""
    same = before.direction == "received" and before.origin == alert.origin
    return same and alert.told_at_ms >= before.told_at_ms

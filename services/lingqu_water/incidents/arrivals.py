"""What other regions declare, as it comes by topic."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.inbox.handler import Received
from lingqu_water.incidents.model import acknowledgement_of, incident_after, report_of
from lingqu_water.incidents.procedure import Procedure
from lingqu_water.incidents.proceeding import take_event
from lingqu_water.incidents.store import (
    known_incident,
    write_acknowledgement,
    write_incident,
    write_report,
)
from lingqu_water.incidents.tables import (
    INCIDENT_ACKNOWLEDGEMENT,
    INCIDENT_REPORT,
    PROCEEDING_STEP,
)


class IncidentArrivals:
    """Keeps every report as it was told, and who acknowledged ours; what we told is known."""

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        return {
            found
            for table in (INCIDENT_REPORT, INCIDENT_ACKNOWLEDGEMENT)
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
        """Keep the report; only the region that declared an incident moves it on."""
        report = report_of(event)
        before = known_incident(session, report.incident_id)
        write_report(session, report)
        if before is None or (before.direction, before.origin) == ("received", event["origin"]):
            after = incident_after(before, report, "received")
            write_incident(session, after, report.affected_regions)


class ProceedingArrivals:
    """Keeps every step of one kind of proceeding as it was told; what we told is known."""

    def __init__(self, procedure: Procedure) -> None:
        self._procedure = procedure

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        found = PROCEEDING_STEP.c.event_id
        return set(session.scalars(select(found).where(found.in_(event_ids))))

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        for event in events:
            take_event(session, self._procedure, event)

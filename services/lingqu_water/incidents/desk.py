"""What people declare of incidents: one transaction a declaration, told with its commit."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from lingqu.clock import CHINA, Clock
from lingqu.errors import ConflictError, NotFoundError
from lingqu.outbox.events import Events
from lingqu_water.incidents.contents import Changes, Contents
from lingqu_water.incidents.deadlines import Deadlines
from lingqu_water.incidents.level import EmergencyLevel
from lingqu_water.incidents.lifecycle import (
    OF_ITS_REGION,
    Command,
    IllegalCommandError,
)
from lingqu_water.incidents.model import (
    INCIDENT_TOPIC,
    Acknowledgement,
    Incident,
    Report,
    incident_after,
    report_of,
)
from lingqu_water.incidents.store import (
    acknowledgements_of,
    find_incident,
    known_incident,
    reports_of,
    write_acknowledgement,
    write_incident,
    write_report,
)
from lingqu_water.incidents.telling import tell
from lingqu_water.sections.model import Section

Later = Literal["续报", "处理结果报告"]


class IncidentExistsError(ConflictError):
    """An incident of that number was declared before."""

    def __init__(self, incident_id: str) -> None:
        super().__init__(
            f"incident {incident_id} was declared before; add to it with a 续报, or leave the "
            "number out to get a new one"
        )


@dataclass(frozen=True)
class IncidentDesk:
    """Declares, reports on, corrects and acknowledges incidents in the caller's transaction.

    No reading declares an incident, and none sets a level: people do, and sign. What is declared
    is for all regions downstream of its sections, beside those that are named.
    """

    events: Events
    deadlines: Deadlines
    section_of: Callable[[str], Section]
    region: str
    clock: Clock

    def declare(self, session: Session, contents: Contents, incident_id: str | None) -> str:
        """Tell of an incident for the first time and return its number."""
        number = incident_id or self._number()
        if known_incident(session, number) is not None:
            raise IncidentExistsError(number)
        document = contents.told() | {"incident_id": number, "report_type": "初报", "sequence": 1}
        self._tell(session, document, "first", None)
        return number

    def report(
        self, session: Session, incident_id: str, report_type: Later, changes: Changes
    ) -> None:
        """Add a report; what it leaves out is as the last one said."""
        incident = self._of_ours(session, incident_id, report_type)
        last = reports_of(session, incident)[-1]
        document = {**last.document, **changes.told()}
        document |= {"report_type": report_type, "sequence": incident.sequence + 1}
        document["affected_regions"] = [*last.affected_regions, *document["affected_regions"]]
        self._tell(session, document, "first", incident)

    def correct(self, session: Session, incident_id: str, sequence: int, changes: Changes) -> None:
        """Tell again what a report said wrongly."""
        incident = self._of_ours(session, incident_id, "更正")
        wrong = _last_of(reports_of(session, incident), sequence)
        document = {**wrong.document, **changes.told()}
        self._tell(session, document, "revision", incident, supersedes=wrong.event_id)

    def withdraw(self, session: Session, incident_id: str, reason: str, signed_off_by: str) -> None:
        """Take an incident back that was declared in error."""
        incident = self._of_ours(session, incident_id, "撤回")
        last = reports_of(session, incident)[-1]
        document = {**last.document, "withdrawal_reason": reason, "signed_off_by": signed_off_by}
        self._tell(session, document, "withdrawal", incident, supersedes=last.event_id)

    def acknowledge(self, session: Session, incident_id: str, who: str, note: str | None) -> None:
        """Tell the region that declared it that ours has its last report."""
        incident = find_incident(session, incident_id, lock=True)
        given = acknowledgements_of(session, incident_id)
        ours = {each.refers_to for each in given if each.region == self.region}
        if incident.direction == "own" or incident.event_id in ours:
            whose = "acknowledged" if incident.event_id in ours else f"{incident.state}, our own"
            raise IllegalCommandError(incident_id, whose, "签收", self.possible(incident, given))
        now_ms = self._now_ms()
        last = _last_of(reports_of(session, incident), incident.sequence)
        row = {
            "occurred_at": now_ms,
            "incident_id": incident_id,
            "kind": "acknowledgement",
            "refers_to": incident.event_id,
            "report_type": last.report_type,
            "sequence": incident.sequence,
            "emergency_level": str(incident.emergency_level),
            "acknowledged_by": who,
            "acknowledged_at": now_ms,
            "note": note,
        }
        event_id = tell(session, self.events, INCIDENT_TOPIC, row)
        write_acknowledgement(
            session,
            Acknowledgement(
                event_id,
                incident_id,
                self.region,
                incident.event_id,
                incident.sequence,
                now_ms,
                who,
                note,
            ),
        )

    def possible(self, incident: Incident, given: list[Acknowledgement]) -> tuple[Command, ...]:
        """Return what our people may do about the incident now."""
        if incident.direction == "own":
            return OF_ITS_REGION[incident.state]
        ours = {each.refers_to for each in given if each.region == self.region}
        return () if incident.event_id in ours else ("签收",)

    def _of_ours(self, session: Session, incident_id: str, command: Command) -> Incident:
        """Return the incident, locked, if that may be said of it."""
        incident = find_incident(session, incident_id, lock=True)
        legal = self.possible(incident, acknowledgements_of(session, incident_id))
        if command not in legal:
            state = incident.state if incident.direction == "own" else f"{incident.origin}'s own"
            raise IllegalCommandError(incident_id, state, command, legal)
        return incident

    def _tell(
        self,
        session: Session,
        document: Mapping[str, Any],
        change: str,
        before: Incident | None,
        *,
        supersedes: str | None = None,
    ) -> None:
        now_ms = self._now_ms()
        level = EmergencyLevel(document["emergency_level"])
        row = {
            **document,
            "kind": "report",
            "colour": level.colour,
            "affected_regions": self._regions(document),
            "acknowledge_by": self.deadlines.acknowledge_by_ms(level, now_ms),
        }
        envelope = {"occurred_at": now_ms, "change": change, "supersedes": supersedes}
        event_id = tell(session, self.events, INCIDENT_TOPIC, {**row, **envelope})
        report = report_of({**row, **envelope, "event_id": event_id, "origin": self.region})
        write_report(session, report)
        after = incident_after(before, report, "own")
        write_incident(session, after, report.affected_regions)

    def _regions(self, document: Mapping[str, Any]) -> list[str]:
        """Return whom it is for: who is named, and all downstream of its sections."""
        named = list(document.get("affected_regions", []))
        for code in document.get("section_codes", []):
            named += self.section_of(code).downstream_regions
        return [region for region in dict.fromkeys(named) if region != self.region]

    def _number(self) -> str:
        day = self.clock.now().astimezone(CHINA)
        return f"{self.region}-{day:%Y%m%d}-{secrets.token_hex(3)}"

    def _now_ms(self) -> int:
        return int(self.clock.now().timestamp() * 1000)


def _last_of(reports: Sequence[Report], sequence: int) -> Report:
    """Return the report of that number as it was told last; raise NotFoundError."""
    found = [report for report in reports if report.sequence == sequence]
    if not found:
        there = ", ".join(str(number) for number in sorted({each.sequence for each in reports}))
        raise NotFoundError(f"the incident has no report {sequence}; there are: {there}")
    return found[-1]

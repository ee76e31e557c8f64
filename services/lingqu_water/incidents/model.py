"""An incident and its reports, as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from lingqu_water.incidents.level import EmergencyLevel
from lingqu_water.incidents.lifecycle import State, state_after

INCIDENT_TOPIC = "water.incident.v1"

Direction = Literal["own", "received"]

# What an event holds beside what its people said.
ENVELOPE = {
    "event_id",
    "occurred_at",
    "origin",
    "change",
    "supersedes",
    "mode",
    "environment",
}


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as its last report leaves it."""

    incident_id: str
    direction: Direction
    origin: str
    state: State
    title: str
    emergency_level: EmergencyLevel
    river: str | None
    sequence: int
    event_id: str
    declared_at_ms: int
    told_at_ms: int


@dataclass(frozen=True, slots=True)
class Report:
    """One report, or the correction of one, as it was told; `document` holds the event's fields."""

    event_id: str
    incident_id: str
    origin: str
    sequence: int
    report_type: str
    emergency_level: EmergencyLevel
    change: str
    told_at_ms: int
    acknowledge_by_ms: int | None
    document: Mapping[str, Any]

    @property
    def affected_regions(self) -> tuple[str, ...]:
        return tuple(self.document["affected_regions"])


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """One region's acknowledgement of a report, and so of all before it."""

    event_id: str
    incident_id: str
    region: str
    refers_to: str
    sequence: int
    at_ms: int
    who: str | None
    note: str | None


def report_of(event: Mapping[str, Any]) -> Report:
    """Return the report that the event is."""
    return Report(
        event_id=event["event_id"],
        incident_id=event["incident_id"],
        origin=event["origin"],
        sequence=event["sequence"],
        report_type=event["report_type"],
        emergency_level=EmergencyLevel(event["emergency_level"]),
        change=event["change"],
        told_at_ms=event["occurred_at"],
        acknowledge_by_ms=event["acknowledge_by"],
        document={name: value for name, value in event.items() if name not in ENVELOPE},
    )


def acknowledgement_of(event: Mapping[str, Any]) -> Acknowledgement:
    return Acknowledgement(
        event_id=event["event_id"],
        incident_id=event["incident_id"],
        region=event["origin"],
        refers_to=cast("str", event["refers_to"]),
        sequence=event["sequence"],
        at_ms=event["acknowledged_at"] or event["occurred_at"],
        who=event["acknowledged_by"],
        note=event["note"],
    )


def incident_after(before: Incident | None, report: Report, direction: Direction) -> Incident:
    """Return the incident as the report leaves it; an older or corrected one moves it not back."""
    if before is not None and _is_past(before, report):
        return before
    return Incident(
        incident_id=report.incident_id,
        direction=direction,
        origin=report.origin,
        state=state_after(report.report_type, report.change),
        title=report.document["title"],
        emergency_level=report.emergency_level,
        river=report.document["river"],
        sequence=report.sequence,
        event_id=report.event_id,
        declared_at_ms=before.declared_at_ms if before else report.told_at_ms,
        told_at_ms=report.told_at_ms,
    )


def _is_past(before: Incident, report: Report) -> bool:
    if before.state == "withdrawn" or report.change == "withdrawal":
        return before.state == "withdrawn"
    return (report.sequence, report.told_at_ms) < (before.sequence, before.told_at_ms)

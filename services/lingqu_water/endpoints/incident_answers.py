"""Incidents as the endpoints answer them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lingqu_water.endpoints.alert_answers import moment
from lingqu_water.endpoints.statement import instant
from lingqu_water.incidents.desk import IncidentDesk
from lingqu_water.incidents.model import Incident, Report
from lingqu_water.incidents.standing import RegionStanding, standings
from lingqu_water.incidents.store import acknowledgements_of, find_incident, reports_of
from lingqu_water.sections.table import Regions

_INSTANTS = {
    "happened_at",
    "signed_off_at",
    "acknowledge_by",
    "expected_at",
    "notified_at",
    "acknowledged_at",
}
# Said in a report's own words beside its document, or of no concern to a report.
_LEFT_OUT = {"kind", "refers_to", "acknowledged_by", "acknowledged_at", "note", "incident_id"}


def shown_incident(incident: Incident) -> dict[str, Any]:
    level = incident.emergency_level
    return {
        "incident_id": incident.incident_id,
        "direction": incident.direction,
        "origin": incident.origin,
        "state": incident.state,
        "title": incident.title,
        "emergency_level": level,
        "level_name": level.name_zh,
        "colour": level.colour,
        "river": incident.river,
        "reports": incident.sequence,
        "declared_at": instant(incident.declared_at_ms),
        "told_at": instant(incident.told_at_ms),
    }


def incident_detail(
    session: Session, incident_id: str, desk: IncidentDesk, regions: Regions
) -> dict[str, Any]:
    """Return all that is known of the incident; raise UnknownIncidentError."""
    incident = find_incident(session, incident_id)
    reports = reports_of(session, incident)
    given = acknowledgements_of(session, incident_id)
    now_ms = int(desk.clock.now().timestamp() * 1000)
    stand = standings(reports, given, now_ms)
    return {
        **shown_incident(incident),
        "possible": list(desk.possible(incident, given)),
        "reported_in_time": _in_time(reports[0], desk),
        "overdue": [each.region for each in stand if each.overdue],
        "regions": [_region(each, regions) for each in stand],
        "told": [_report(each) for each in reports],
    }


def _in_time(first: Report, desk: IncidentDesk) -> bool | None:
    """Tell whether the first report came within its minutes, None where nobody knows."""
    happened = first.document["happened_at"]
    if happened is None or first.sequence != 1:
        return None
    return first.told_at_ms <= desk.deadlines.report_by_ms(first.emergency_level, happened)


def _region(standing: RegionStanding, regions: Regions) -> dict[str, Any]:
    return {
        "region": standing.region,
        "name": regions.name(standing.region),
        "acknowledged_report": standing.sequence or None,
        "acknowledged_at": moment(standing.acknowledged_at_ms),
        "who": standing.who,
        "note": standing.note,
        "by_other_means_at": moment(standing.by_other_means_ms),
        "waiting_for_report": standing.waiting,
        "due_at": moment(standing.due_at_ms),
        "overdue": standing.overdue,
    }


def _report(report: Report) -> dict[str, Any]:
    said = {name: value for name, value in report.document.items() if name not in _LEFT_OUT}
    return {
        "event_id": report.event_id,
        "change": report.change,
        "told_at": instant(report.told_at_ms),
        **_shown(said),
    }


def _shown(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {inner: _shown(each, inner) for inner, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    return instant(value) if name in _INSTANTS and value is not None else value

"""Incidents as rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

import orjson
from sqlalchemy import Row, Select, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.errors import NotFoundError
from lingqu_water.incidents.level import EmergencyLevel
from lingqu_water.incidents.model import Acknowledgement, Incident, Report
from lingqu_water.incidents.tables import (
    INCIDENT,
    INCIDENT_ACKNOWLEDGEMENT,
    INCIDENT_REGION,
    INCIDENT_REPORT,
)

INCIDENT_COLUMNS = tuple(INCIDENT.c[field.name] for field in fields(Incident))

REPORT_COLUMNS = tuple(INCIDENT_REPORT.c[field.name] for field in fields(Report))


class UnknownIncidentError(NotFoundError):
    """There is no incident of that id."""

    def __init__(self, incident_id: str) -> None:
        super().__init__(
            f"there is no incident {incident_id!r}; GET /v1/incidents lists those there are"
        )


def incident_of(row: Row[Any]) -> Incident:
    values = row._asdict()
    return Incident(**values | {"emergency_level": EmergencyLevel(row.emergency_level)})


def find_incident(session: Session, incident_id: str, *, lock: bool = False) -> Incident:
    """Return the incident; raise UnknownIncidentError."""
    found = _incident(session, incident_id, lock=lock)
    if found is None:
        raise UnknownIncidentError(incident_id)
    return found


def known_incident(session: Session, incident_id: str) -> Incident | None:
    """Return the incident, None where nobody has told of it."""
    return _incident(session, incident_id, lock=True)


def _incident(session: Session, incident_id: str, *, lock: bool) -> Incident | None:
    statement: Select[Any] = select(*INCIDENT_COLUMNS).where(INCIDENT.c.incident_id == incident_id)
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else incident_of(row)


def write_incident(session: Session, incident: Incident, regions: Iterable[str]) -> None:
    """Let the incident be as it is said here, and be for these regions too."""
    values = asdict(incident) | {"emergency_level": str(incident.emergency_level)}
    insertion = _insertion(session)(INCIDENT).values(values)
    session.execute(insertion.on_conflict_do_update(index_elements=["incident_id"], set_=values))
    rows = [{"incident_id": incident.incident_id, "region": region} for region in set(regions)]
    if rows:
        session.execute(_insertion(session)(INCIDENT_REGION).on_conflict_do_nothing(), rows)


def write_report(session: Session, report: Report) -> None:
    values = {field.name: getattr(report, field.name) for field in fields(Report)}
    values["emergency_level"] = str(report.emergency_level)
    values["document"] = orjson.dumps(report.document).decode()
    session.execute(insert(INCIDENT_REPORT).values(values))


def reports_of(session: Session, incident: Incident) -> list[Report]:
    """Return all reports and corrections by the incident's region, in the order they were told."""
    columns = INCIDENT_REPORT.c
    found = select(*REPORT_COLUMNS).where(
        columns.incident_id == incident.incident_id, columns.origin == incident.origin
    )
    rows = session.execute(found.order_by(columns.told_at_ms, columns.sequence, columns.id))
    return [_report(row) for row in rows]


def write_acknowledgement(session: Session, acknowledgement: Acknowledgement) -> None:
    session.execute(insert(INCIDENT_ACKNOWLEDGEMENT).values(asdict(acknowledgement)))


def acknowledgements_of(session: Session, incident_id: str) -> list[Acknowledgement]:
    """Return who acknowledged a report of the incident, the earliest first."""
    columns = INCIDENT_ACKNOWLEDGEMENT.c
    found = select(INCIDENT_ACKNOWLEDGEMENT).where(columns.incident_id == incident_id)
    rows = session.execute(found.order_by(columns.at_ms, columns.event_id))
    return [Acknowledgement(**row._asdict()) for row in rows]


def _report(row: Row[Any]) -> Report:
    values = row._asdict()
    values["emergency_level"] = EmergencyLevel(row.emergency_level)
    values["document"] = orjson.loads(row.document)
    return Report(**values)


def _insertion(session: Session) -> Any:
    postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if postgres else sqlite.insert

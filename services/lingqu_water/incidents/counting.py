"""What of incidents waits for an acknowledgement, counted by the clock."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.metrics import Metrics
from lingqu_water.incidents.lifecycle import STATES
from lingqu_water.incidents.model import Incident
from lingqu_water.incidents.standing import standings
from lingqu_water.incidents.store import (
    INCIDENT_COLUMNS,
    acknowledgements_of,
    incident_of,
    reports_of,
)
from lingqu_water.incidents.tables import INCIDENT
from lingqu_water.metrics import INCIDENTS, OVERDUE_REGIONS, UNANSWERED_INCIDENTS


class Counting:
    """Counts incidents by state, regions overdue with ours, and others' that we have not answered.

    Only what was told within the last 30 days is looked into: older silence is for people.
    """

    def __init__(
        self, sessions: sessionmaker[Session], region: str, clock: Clock, metrics: Metrics
    ) -> None:
        self._sessions = sessions
        self._region = region
        self._clock = clock
        self._metrics = metrics

    def round(self) -> None:
        now_ms = int(self._clock.now().timestamp() * 1000)
        with self._sessions() as session:
            self._count_states(session)
            recent = _recent(session, now_ms)
            overdue = sum(self._overdue(session, each, now_ms) for each in recent)
            unanswered = sum(self._is_unanswered(session, each) for each in recent)
        self._metrics.set(OVERDUE_REGIONS, overdue)
        self._metrics.set(UNANSWERED_INCIDENTS, unanswered)

    def _count_states(self, session: Session) -> None:
        columns = INCIDENT.c
        states = select(columns.direction, columns.state, func.count())
        rows = session.execute(states.group_by(columns.direction, columns.state))
        counted = {(row[0], row[1]): row[2] for row in rows}
        for direction in ("own", "received"):
            for state in STATES:
                count = counted.get((direction, state), 0)
                self._metrics.set(INCIDENTS, count, direction=direction, state=state)

    def _overdue(self, session: Session, incident: Incident, now_ms: int) -> int:
        if incident.direction != "own":
            return 0
        reports = reports_of(session, incident)
        given = acknowledgements_of(session, incident.incident_id)
        return sum(each.overdue for each in standings(reports, given, now_ms))

    def _is_unanswered(self, session: Session, incident: Incident) -> bool:
        if incident.direction == "own":
            return False
        given = acknowledgements_of(session, incident.incident_id)
        ours = {each.sequence for each in given if each.region == self._region}
        return incident.sequence not in ours


_LOOKED_INTO_MS = 30 * 86_400_000


def _recent(session: Session, now_ms: int) -> list[Incident]:
    found = select(*INCIDENT_COLUMNS).where(
        INCIDENT.c.state != "withdrawn", INCIDENT.c.told_at_ms >= now_ms - _LOOKED_INTO_MS
    )
    return [incident_of(row) for row in session.execute(found)]

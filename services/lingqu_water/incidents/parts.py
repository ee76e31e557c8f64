"""What the service is given of what people declare: desks, handlers and a chore."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.inbox.handler import Handler
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events
from lingqu_water.incidents.arrivals import IncidentArrivals, ProceedingArrivals
from lingqu_water.incidents.counting import Counting
from lingqu_water.incidents.deadlines import load_deadlines
from lingqu_water.incidents.desk import IncidentDesk
from lingqu_water.incidents.model import INCIDENT_TOPIC
from lingqu_water.incidents.procedure import CONSULTATION, DISPUTE, PROCEDURES
from lingqu_water.incidents.proceeding_desk import ProceedingDesk
from lingqu_water.sections.model import Section


@dataclass(frozen=True, slots=True)
class DeclaredParts:
    """The parts, made to fit each other."""

    desk: IncidentDesk
    disputes: ProceedingDesk
    consultations: ProceedingDesk
    handlers: Mapping[str, Handler]
    counting: Counting


def declared_parts(
    sessions: sessionmaker[Session],
    events: Events,
    section_of: Callable[[str], Section],
    region: str,
    clock: Clock,
    metrics: Metrics,
    reference: Path | None = None,
) -> DeclaredParts:
    """Return the parts, by the operator's reference data where there is any."""
    handlers: dict[str, Handler] = {INCIDENT_TOPIC: IncidentArrivals()}
    handlers |= {each.topic: ProceedingArrivals(each) for each in PROCEDURES}
    return DeclaredParts(
        IncidentDesk(events, load_deadlines(reference), section_of, region, clock),
        ProceedingDesk(DISPUTE, events, region, clock),
        ProceedingDesk(CONSULTATION, events, region, clock),
        handlers,
        Counting(sessions, region, clock, metrics),
    )

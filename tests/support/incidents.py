"""Incidents and proceedings of several hubs over their own databases, and events between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from tests.support.alerts import published
from tests.support.clock import FakeClock
from tests.support.readings import events_of

from lingqu.inbox.handler import Received
from lingqu.metrics import Metrics
from lingqu.outbox.model import OUTBOX
from lingqu.service.database import make_engine, session_factory
from lingqu_water.incidents.arrivals import IncidentArrivals
from lingqu_water.incidents.contents import Contents
from lingqu_water.incidents.counting import Counting
from lingqu_water.incidents.deadlines import load_deadlines
from lingqu_water.incidents.desk import IncidentDesk
from lingqu_water.incidents.model import INCIDENT_TOPIC, Incident
from lingqu_water.incidents.standing import RegionStanding, standings
from lingqu_water.incidents.store import acknowledgements_of, find_incident, reports_of
from lingqu_water.incidents.tables import DECLARED_TABLES
from lingqu_water.sections.model import Section, unknown_section

T = TypeVar("T")


def section_of(code: str) -> Section:
    """Return a section whose water goes on to Guangdong."""
    return replace(unknown_section(code), downstream_regions=("43", "44"))


def contents(**changes: Any) -> Contents:
    """Return what a first report says."""
    said = {
        "title": "示例河铊浓度异常事件",
        "emergency_level": "Ⅱ",
        "section_codes": ["43-示例"],
        "cause": "正在排查",
        "situation": "铊浓度升高",
        "signed_off_by": "示例乙",
    }
    return Contents.model_validate({**said, **changes})


@dataclass(frozen=True)
class DeclaringHub:
    """One hub's people and what they declare."""

    engine: Engine
    desk: IncidentDesk
    counting: Counting
    metrics: Metrics
    clock: FakeClock

    def do(self, work: Callable[[Session], T]) -> T:
        with session_factory(self.engine).begin() as session:
            return work(session)

    def declare(self, **changes: Any) -> str:
        return self.do(lambda session: self.desk.declare(session, contents(**changes), None))

    def told(self, topic: str = INCIDENT_TOPIC) -> list[dict[str, Any]]:
        return published(self.engine, topic)

    def receive(self, *events: dict[str, Any]) -> None:
        """Let events come from the topic, known ones left out."""
        arrivals = IncidentArrivals()

        def work(session: Session) -> None:
            known = arrivals.known(session, [event["event_id"] for event in events])
            fresh = [Received(e, 0, 0) for e in events if e["event_id"] not in known]
            arrivals.handle(session, INCIDENT_TOPIC, fresh)

        self.do(work)

    def incident(self, incident_id: str) -> Incident:
        return self.do(lambda session: find_incident(session, incident_id))

    def standing(self, incident_id: str) -> dict[str, RegionStanding]:
        """Return how the regions stand that the incident was reported to."""

        def work(session: Session) -> list[RegionStanding]:
            incident = find_incident(session, incident_id)
            given = acknowledgements_of(session, incident_id)
            now_ms = int(self.clock.now().timestamp() * 1000)
            return standings(reports_of(session, incident), given, now_ms)

        return {each.region: each for each in self.do(work)}


@contextmanager
def declaring(region: str = "43", url: str = "sqlite://") -> Iterator[DeclaringHub]:
    """Yield a hub over a fresh database whose tables are there."""
    engine, clock, metrics = make_engine(url), FakeClock(), Metrics()
    with engine.begin() as connection:
        DECLARED_TABLES.create_all(connection)
        OUTBOX.create_all(connection)
    desk = IncidentDesk(events_of(region), load_deadlines(), section_of, region, clock)
    try:
        counting = Counting(session_factory(engine), region, clock, metrics)
        yield DeclaringHub(engine, desk, counting, metrics, clock)
    finally:
        engine.dispose()

"""Alerts over a database: readings that raise them, people who handle them, events they make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.support.clock import FakeClock
from tests.support.outbox_events import waiting_in
from tests.support.readings import HOURS_4_MS, NOON_MS, Taking, catalogue, events_of, items, taking
from tests.support.readings import reading as stated

from lingqu.admission import RegionScope
from lingqu.inbox.handler import Received
from lingqu.metrics import Metrics
from lingqu.service.database import session_factory
from lingqu.wire.codec import AvroCodec
from lingqu_water.alerts.desk import AlertDesk
from lingqu_water.alerts.model import ALERT_TOPIC, Alert
from lingqu_water.alerts.parts import AlertParts, alert_parts
from lingqu_water.alerts.reminding import Reminding
from lingqu_water.alerts.store import ALERT_COLUMNS, alert_of
from lingqu_water.alerts.tables import ALERT, ALERT_TABLES
from lingqu_water.readings.follow import Change
from lingqu_water.readings.model import Reading
from lingqu_water.readings.take import Taken
from lingqu_water.sections.model import Section, unknown_section

CODE = "43-示例"
HIGH = 13.6


def section_of(code: str) -> Section:
    """Return a section of the Wujiang, whose water goes on to two regions."""
    return replace(unknown_section(code), river="武江", downstream_regions=("44", "45"))


def codmn(place: int, value: float | None, **changes: Any) -> Reading:
    """Return the reading at that place; without a value the station is in maintenance."""
    away = {"station_status": "维护", "validity": "doubtful", "validity_reason": "站点维护"}
    told = {"items": items(w01019=value), **(away if value is None else {}), **changes}
    return stated(place, **told)


def at(place: int) -> int:
    return NOON_MS + place * HOURS_4_MS


def published(engine: Any, topic: str) -> list[dict[str, Any]]:
    """Return the events of the topic that wait in the outbox, in order."""
    with session_factory(engine, read_only=True)() as session:
        bodies = [each.payload[5:] for each in waiting_in(session, topic)]
    contract, major = catalogue().by_topic(topic)
    return AvroCodec(contract.latest(major).schema).decode_rows(bodies)


@dataclass
class _Later:
    """A follower that is made when the database is there."""

    parts: AlertParts | None = None

    def follow(self, session: Session, changes: Sequence[Change]) -> None:
        assert self.parts is not None
        self.parts.follower.follow(session, changes)


@dataclass(frozen=True)
class Alerting:
    """A hub's alerts, and the ways to them."""

    taking: Taking
    parts: AlertParts
    metrics: Metrics
    clock: FakeClock

    @property
    def desk(self) -> AlertDesk:
        return self.parts.desk

    @property
    def reminding(self) -> Reminding:
        return self.parts.reminding

    def take(self, *statements: Reading, mode: str = "live") -> Taken:
        return self.taking.take(*statements, mode=mode)

    def series(self, *values: float | None) -> None:
        """State readings, one after the other."""
        for place, value in enumerate(values):
            self.take(codmn(place, value))

    def alerts(self) -> list[Alert]:
        """Return all alerts that stand, by their starts."""
        found = select(*ALERT_COLUMNS).where(ALERT.c.withdrawn.is_(False))
        with session_factory(self.taking.engine, read_only=True)() as session:
            rows = session.execute(found.order_by(ALERT.c.started_at_ms, ALERT.c.alert_id))
            return [alert_of(row) for row in rows]

    def only(self) -> Alert:
        (alert,) = self.alerts()
        return alert

    def told(self) -> list[dict[str, Any]]:
        return published(self.taking.engine, ALERT_TOPIC)

    def says(self, *fields: str) -> list[tuple[Any, ...]]:
        """Return these fields of the events told, in order."""
        return [tuple(event[field] for field in fields) for event in self.told()]

    def receive(self, *events: dict[str, Any]) -> None:
        """Let events come from the topic, known ones left out."""
        with session_factory(self.taking.engine).begin() as session:
            known = self.parts.arrivals.known(session, [event["event_id"] for event in events])
            fresh = [Received(e, 0, 0) for e in events if e["event_id"] not in known]
            self.parts.arrivals.handle(session, ALERT_TOPIC, fresh)


@contextmanager
def alerting(
    url: str = "sqlite://", region: str = "43", section: Callable[[str], Section] = section_of
) -> Iterator[Alerting]:
    """Yield alerts over a fresh database whose tables are there."""
    clock, metrics, events = FakeClock(), Metrics(), events_of(region)
    follower = _Later()
    with taking(url, follower, clock=clock) as taken:
        with taken.engine.begin() as connection:
            ALERT_TABLES.create_all(connection)
        sessions = session_factory(taken.engine)
        parts = alert_parts(sessions, events, section, RegionScope((region,)), clock, metrics)
        follower.parts = parts
        yield Alerting(taken, parts, metrics, clock)


def substance(alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    """Return what alerts say of the water and of what people did, apart from when it was told."""
    left_out = {"event_id", "told_at_ms", "opened_at_ms", "due_at_ms", "sample_events", "course"}
    return [
        {name: value for name, value in asdict(alert).items() if name not in left_out}
        for alert in alerts
    ]

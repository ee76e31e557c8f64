"""Credit services of several regions whose topics a test carries by hand, in any order."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from tests.support.agreements import agreement_state
from tests.support.clock import FakeClock
from tests.support.licences import Ids
from tests.support.outbox_events import waiting_in
from tests.support.service import NO_KAFKA

from lingqu.admission.gates import Gates
from lingqu.agreements.state import AgreementState, PartyState
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Catalogue
from lingqu.domain_service.foundation import Foundation, lay_foundation
from lingqu.inbox.handler import Handler, Received
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events
from lingqu.outbox.model import OUTBOX, OUTBOX_BUNDLE
from lingqu.service.database import make_engine, session_factory
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES
from lingqu.wire.registry import RegistryClient
from lingqu_credit.app import DOMAIN
from lingqu_credit.metrics import METRICS
from lingqu_credit.parts import Parts
from lingqu_credit.records.kinds import KINDS
from lingqu_credit.repairs.desk import Application
from lingqu_credit.settings import CreditSettings
from lingqu_credit.tables import TABLES, TOMBSTONE

ROOT = Path(__file__).parents[2]


class Letter(NamedTuple):
    """An event on its way."""

    topic: str
    event: dict[str, Any]


@cache
def _codec(topic: str) -> AvroCodec:
    contract, major = _catalogue().by_topic(topic)
    return AvroCodec(contract.latest(major).schema)


@cache
def _catalogue() -> Catalogue:
    return load_catalogue(ROOT / "schemas")


class Agreements:
    """Agreements by which each partner receives all records of a region, at hand at once."""

    def __init__(self, region: str, partners: Sequence[str]) -> None:
        self.states = {
            state.agreement: state.encode() for state in credit_agreements(region, *partners)
        }
        self.seen = True

    def snapshot(self) -> Mapping[str, bytes]:
        return self.states

    def fresh(self) -> bool:
        return self.seen


@cache
def credit_agreements(region: str, *partners: str, **terms: Any) -> Sequence[AgreementState]:
    """Return active agreements over every kind of record, as control publishes them."""
    return [
        agreement_state(
            _catalogue().contract(kind.contract),
            feed=f"{kind.name}-{region}-{partner}",
            **{
                "provider": PartyState(f"credit-{region}", region),
                "recipient": PartyState(f"credit-{partner}", partner),
                **terms,
            },
        )
        for partner in partners
        for kind in KINDS.values()
    ]


@dataclass(frozen=True)
class Hub:
    """One region's service; what it publishes waits to be posted."""

    region: str
    parts: Parts
    handlers: Mapping[str, Handler]

    def sessions(self) -> Any:
        return self.parts.ground.writing

    def posted(self) -> list[Letter]:
        """Return what was published since the last time, in order."""
        with self.sessions().begin() as session:
            rows = waiting_in(session)
            session.execute(delete(OUTBOX_BUNDLE))
        return [
            Letter(row.topic, _codec(row.topic).decode_rows([row.payload[HEADER_BYTES:]])[0])
            for row in rows
        ]

    def receive(self, letters: Sequence[Letter]) -> None:
        """Take letters as the inbox does: what is known is left out."""
        for topic, event in letters:
            handler = self.handlers[topic]
            with self.sessions().begin() as session:
                if event["event_id"] not in handler.known(session, [event["event_id"]]):
                    handler.handle(session, topic, [Received(dict(event), 0, 0)])

    def rows_with(self, text: str) -> int:
        """Return in how many rows of all tables the text stands."""
        with self.parts.ground.reading() as session:
            return sum(
                text in str(tuple(row))
                for table in (*TABLES.tables.values(), OUTBOX_BUNDLE)
                for row in session.execute(select(table))
            )

    def tombstones(self) -> list[dict[str, Any]]:
        with self.parts.ground.reading() as session:
            return [dict(row._mapping) for row in session.execute(select(TOMBSTONE))]

    def count(self, table: Any) -> int:
        with self.parts.ground.reading() as session:
            return int(session.scalar(select(func.count()).select_from(table)) or 0)

    def reading(self) -> Session:
        return self.parts.ground.reading()


def granted(hub: Hub, record_id: str, kind: str = "dishonesty") -> str:
    """Repair a record; return the repair's id."""
    desk = hub.parts.repairs
    today = hub.parts.records[kind].today()
    application = Application(kind, record_id, today, corrected=True, committed=True)
    with hub.sessions().begin() as session:
        repair_id = desk.apply(session, application)
    with hub.sessions().begin() as session:
        desk.accept(session, repair_id, corrected=True, committed=True)
    with hub.sessions().begin() as session:
        desk.grant(session, repair_id, "湘示修〔2026〕1号", "示例丁")
    return repair_id


@cache
def _ground(region: str) -> tuple[Foundation, Events]:
    """Return what is slow to make and the same for all tests: contracts and their gates."""
    home = Path(tempfile.mkdtemp(prefix="lingqu-credit-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    given: dict[str, Any] = {
        "region": region,
        "home": home,
        "schemas_dir": ROOT / "schemas",
        "kafka": NO_KAFKA,
    }
    told = CreditSettings(**given)
    ground = lay_foundation(told, DOMAIN, METRICS)
    gates = Gates(
        ground.catalogue,
        cast("RegistryClient", Ids()),
        scope=ground.scope,
        environment=told.environment,
        id_key=ground.id_key,
    )
    return ground, Events(gates, DOMAIN)


@contextmanager
def credit_hubs(
    folder: Path, clock: FakeClock, *regions: str, urls: Sequence[str] = (), **settings: Any
) -> Iterator[list[Hub]]:
    """Yield a hub for each region, each with a database of its own."""
    hubs = []
    for place, region in enumerate(regions):
        ground, events = _ground(region)
        told = ground.settings.model_copy(update=settings)
        url = urls[place] if urls else f"sqlite:///{folder / region}.sqlite"
        engine = make_engine(url)
        metrics = Metrics()
        metrics.declare(metric for metric in METRICS if not metric.labels)
        ground = replace(
            ground,
            settings=told,
            clock=clock,
            metrics=metrics,
            engine=engine,
            writing=session_factory(engine),
            reading=session_factory(engine, read_only=True),
            events=events,
        )
        TABLES.create_all(engine)
        OUTBOX.create_all(engine)
        partners = [each for each in regions if each != region]
        parts = Parts.on(ground, cast("CreditSettings", told), Agreements(region, partners))
        hubs.append(Hub(region, parts, parts.handlers()))
    try:
        yield hubs
    finally:
        for hub in hubs:
            hub.parts.ground.engine.dispose()

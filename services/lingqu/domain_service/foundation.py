"""What every part of a domain's service stands on: database, contracts, a way to publish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from lingqu.admission import RegionScope
from lingqu.admission.gates import Gates
from lingqu.clock import Clock, SystemClock
from lingqu.contracts.loader import schemas_dir
from lingqu.contracts.model import Catalogue
from lingqu.contracts.watched import watched_catalogue
from lingqu.domain_service.settings import DomainSettings
from lingqu.metrics import Metric, Metrics
from lingqu.outbox.events import Events
from lingqu.quality import Tally
from lingqu.sealing import HubKey
from lingqu.service.database import make_engine, session_factory
from lingqu.wire.registry import RegistryClient


@dataclass(frozen=True, slots=True)
class Foundation:
    """The ground, laid once; `reading` makes sessions that wait for no writer."""

    domain: str
    settings: DomainSettings
    clock: Clock
    metrics: Metrics
    catalogue: Catalogue
    engine: Engine
    writing: sessionmaker[Session]
    reading: sessionmaker[Session]
    registry: RegistryClient
    scope: RegionScope
    id_key: bytes
    gates: Gates
    tally: Tally
    events: Events


def lay_foundation(
    settings: DomainSettings, domain: str, metrics: Iterable[Metric] = ()
) -> Foundation:
    """Return the ground; nothing is connected to yet. `metrics` are the service's own."""
    counted = Metrics()
    counted.declare(metric for metric in metrics if not metric.labels)
    catalogue = watched_catalogue(schemas_dir(settings.schemas_dir), domain)
    engine = make_engine(settings.database)
    registry = RegistryClient(settings.registry_url)
    scope = RegionScope.of_hub(settings.region, settings.also_regions)
    id_key = _id_key(settings)
    gates = Gates(catalogue, registry, scope=scope, environment=settings.environment, id_key=id_key)
    clock = SystemClock()
    tally = Tally(catalogue, counted, clock)
    return Foundation(
        domain,
        settings,
        clock,
        counted,
        catalogue,
        engine,
        session_factory(engine),
        session_factory(engine, read_only=True),
        registry,
        scope,
        id_key,
        gates,
        tally,
        Events(gates, domain, tally),
    )


def _id_key(settings: DomainSettings) -> bytes:
    secret = settings.hub_key.get_secret_value() if settings.hub_key else None
    return HubKey.load(settings.keys_dir / "hub.key", secret).derive("event-id", settings.region)

"""What every part of the service stands on: its database, its contracts, its way to publish."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from lingqu.admission import RegionScope
from lingqu.admission.gates import Gates
from lingqu.clock import Clock, SystemClock
from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import Catalogue
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events
from lingqu.quality import Tally
from lingqu.sealing import HubKey
from lingqu.service.database import make_engine, session_factory
from lingqu.wire.registry import RegistryClient
from lingqu_water.metrics import METRICS
from lingqu_water.settings import WaterSettings

DOMAIN = "water"


@dataclass(frozen=True, slots=True)
class Foundation:
    """The ground, laid once; `reading` makes sessions that wait for no writer."""

    settings: WaterSettings
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


def lay_foundation(settings: WaterSettings) -> Foundation:
    """Return the ground; nothing is connected to yet."""
    metrics = Metrics()
    metrics.declare(metric for metric in METRICS if not metric.labels)
    catalogue = _own(load_catalogue(schemas_dir(settings.schemas_dir)))
    engine = make_engine(settings.database)
    registry = RegistryClient(settings.registry_url)
    scope = RegionScope.of_hub(settings.region, settings.also_regions)
    id_key = _id_key(settings)
    gates = Gates(catalogue, registry, scope=scope, environment=settings.environment, id_key=id_key)
    clock = SystemClock()
    tally = Tally(catalogue, metrics, clock)
    return Foundation(
        settings,
        clock,
        metrics,
        catalogue,
        engine,
        session_factory(engine),
        session_factory(engine, read_only=True),
        registry,
        scope,
        id_key,
        gates,
        tally,
        Events(gates, DOMAIN, tally),
    )


def _own(catalogue: Catalogue) -> Catalogue:
    """Return this domain's contracts: those of others are no concern of this service."""
    return Catalogue({each.name: each for each in catalogue if each.domain == DOMAIN})


def _id_key(settings: WaterSettings) -> bytes:
    secret = settings.hub_key.get_secret_value() if settings.hub_key else None
    return HubKey.load(settings.keys_dir / "hub.key", secret).derive("event-id", settings.region)

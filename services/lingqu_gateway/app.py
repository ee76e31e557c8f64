"""The gateway as a service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from lingqu.admission import RegionScope
from lingqu.admission.gates import Gates
from lingqu.clock import SystemClock
from lingqu.contracts.loader import schemas_dir
from lingqu.contracts.watched import watched_catalogue
from lingqu.metrics import Metrics
from lingqu.outbox.relay import Relay
from lingqu.quality import Tally
from lingqu.quality.reporting import Reporting
from lingqu.sealing import HubKey
from lingqu.service.app import Service, make_app
from lingqu.service.background import background
from lingqu.service.database import make_engine, migrate, session_factory
from lingqu.service.database_problems import answer_database_errors
from lingqu.wire.registry import RegistryClient
from lingqu_gateway.endpoints import router
from lingqu_gateway.ingest import Ingest
from lingqu_gateway.metrics import METRICS
from lingqu_gateway.settings import GatewaySettings
from lingqu_gateway.upkeep import Upkeep


def create_app(settings: GatewaySettings) -> FastAPI:
    """Return the gateway's app; its relay publishes while the app runs."""
    metrics = Metrics()
    metrics.declare(metric for metric in METRICS if not metric.labels)
    catalogue = watched_catalogue(schemas_dir(settings.schemas_dir))
    engine = make_engine(settings.database)
    registry = RegistryClient(settings.registry_url)
    gates = Gates(
        catalogue,
        registry,
        scope=RegionScope.of_hub(settings.region, settings.also_regions),
        environment=settings.environment,
        id_key=_id_key(settings),
    )
    clock = SystemClock()
    sessions = session_factory(engine)
    upkeep = Upkeep(sessions, catalogue, clock, metrics)
    relay = Relay(engine, settings.kafka, settings.region, "gateway", metrics, clock)
    tally = Tally(catalogue, metrics, clock)
    reporting = Reporting(tally, settings.kafka, settings.region, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(migrate, engine, "lingqu_gateway.migrations")
        async with (
            background("outbox-relay", relay.run),
            background("upkeep", upkeep.run),
            background("quality", reporting.run),
        ):
            yield
        registry.close()
        engine.dispose()

    app = make_app(
        "gateway",
        metrics=metrics,
        ready=lambda: gates.missing() + relay.missing(),
        lifespan=lifespan,
        max_body_bytes=settings.max_body_bytes,
    )
    answer_database_errors(app)
    ingest = Ingest(sessions, gates, metrics, tally, clock)
    app.include_router(router(ingest, catalogue))
    return app


def _id_key(settings: GatewaySettings) -> bytes:
    secret = settings.hub_key.get_secret_value() if settings.hub_key else None
    return HubKey.load(settings.keys_dir / "hub.key", secret).derive("event-id", settings.region)


SERVICE = Service("gateway", 8080, lambda: create_app(GatewaySettings.load()))

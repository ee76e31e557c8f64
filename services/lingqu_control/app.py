"""Control's composition: settings, database, upkeep, relay and endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import Engine

from lingqu.clock import SystemClock
from lingqu.contracts.loader import schemas_dir
from lingqu.contracts.watched import watched_catalogue
from lingqu.metrics import Metrics
from lingqu.outbox.relay import Relay
from lingqu.sealing import HubKey
from lingqu.service.app import Service, make_app
from lingqu.service.auth import Access
from lingqu.service.background import background
from lingqu.service.database import make_engine, migrate
from lingqu.service.database_problems import answer_database_errors
from lingqu_control.desk import Desk
from lingqu_control.endpoints import (
    agreements,
    apply,
    connectors,
    dead_letters,
    feeds,
    orders,
    partners,
    quality,
    topics,
)
from lingqu_control.endpoints.guarding import guarded
from lingqu_control.hub import Hub
from lingqu_control.local_signer import LocalSigner
from lingqu_control.metrics import METRICS
from lingqu_control.quality.keeping import QualityInbox
from lingqu_control.repartition import Repartitioning
from lingqu_control.settings import ControlSettings
from lingqu_control.store import Store
from lingqu_control.upkeep import Upkeep

_STOP_S = 5.0

# Nobody signs a new major while a service may still write the old one alone: each takes it up in
# a second, and ends what it was doing.
_SETTLE_S = 10.0

# The modules of endpoints, and what their paths name: the resources of `Access`.
_ROOMS = (
    (apply, "region"),
    (partners, "partner"),
    (agreements, "agreement"),
    (feeds, "feed"),
    (quality, "contract"),
)
_READING = ((dead_letters, "dead-letter"), (orders, "feed"), (connectors, "feed"))


def create_app(settings: ControlSettings, access: Access | None = None) -> FastAPI:
    """Return control's app; Kafka may be away, the database not once it has started.

    `access` says who calls and who may; by default everybody may.
    """
    engine = make_engine(settings.database)
    metrics = Metrics()
    metrics.declare(metric for metric in METRICS if not metric.labels)
    hub, store = _hub(settings), Store(engine)
    relay = Relay(engine, settings.kafka, settings.region, settings.service, metrics)
    repartitioning = Repartitioning(hub, store, settings.kafka)
    upkeep = Upkeep(hub, settings.kafka, store, metrics, repartitioning)
    place = engine, settings.kafka, settings.region
    inbox = QualityInbox(*place, metrics, hub.clock, upkeep.missing)

    def missing() -> list[str]:
        store.check()
        return [*upkeep.missing(), *relay.missing()]

    app = make_app(
        "control", metrics=metrics, ready=missing, lifespan=_lifespan(engine, relay, upkeep, inbox)
    )
    answer_database_errors(app)
    desk, allowed = Desk(hub, store), access or Access()
    for room, kind in _ROOMS:
        app.include_router(room.router(desk), dependencies=guarded(allowed, kind))
    for reading, kind in _READING:
        router = reading.router(desk, settings.kafka)
        app.include_router(router, dependencies=guarded(allowed, kind))
    growing = topics.router(desk, settings.kafka, repartitioning)
    app.include_router(growing, dependencies=guarded(allowed, "topic"))
    return app


def _create() -> FastAPI:
    return create_app(ControlSettings.load())


SERVICE = Service("control", 8082, _create)


def _hub(settings: ControlSettings) -> Hub:
    secret = settings.hub_key.get_secret_value() if settings.hub_key else None
    return Hub(
        region=settings.region,
        own_regions=settings.own_regions,
        catalogue=watched_catalogue(schemas_dir(settings.schemas_dir), settle_s=_SETTLE_S),
        key=HubKey.load(settings.keys_dir / "hub.key", secret),
        clock=SystemClock(),
        signer=LocalSigner(settings.keys_dir) if settings.profile == "demo" else None,
    )


def _lifespan(
    engine: Engine, relay: Relay, upkeep: Upkeep, inbox: QualityInbox
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(migrate, engine, "lingqu_control.migrations")
        async with AsyncExitStack() as stack:
            stack.callback(engine.dispose)
            await stack.enter_async_context(background("outbox-relay", relay.run))
            await stack.enter_async_context(background("upkeep", upkeep.run))
            await stack.enter_async_context(background("quality-inbox", inbox.run))
            yield

    return lifespan

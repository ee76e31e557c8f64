"""The water service's composition: settings, database, readings and what follows from them."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from lingqu.admission import RegionScope
from lingqu.admission.gates import Gates
from lingqu.clock import SystemClock
from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import Catalogue
from lingqu.inbox.decoding import Decoder
from lingqu.inbox.handler import Handler
from lingqu.inbox.inbox import Inbox
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events
from lingqu.outbox.relay import Relay
from lingqu.sealing import HubKey
from lingqu.service.app import Service, make_app
from lingqu.service.background import background
from lingqu.service.database import database_missing, make_engine, migrate, session_factory
from lingqu.wire.registry import RegistryClient
from lingqu_water.alerts.model import ALERT_TOPIC
from lingqu_water.alerts.parts import alert_parts
from lingqu_water.assessments.assess import Assessor
from lingqu_water.assessments.closing import Closing
from lingqu_water.assessments.desk import AssessmentDesk
from lingqu_water.assessments.follow import AssessmentFollower
from lingqu_water.assessments.publish import Assessments
from lingqu_water.assessments.rule import load_rule
from lingqu_water.compensation.correspondence import Correspondence
from lingqu_water.compensation.event import COMPENSATION_TOPIC
from lingqu_water.compensation.keeping import make_book
from lingqu_water.declared.declarations import Declarations
from lingqu_water.declared.noun import RESOURCES, ZONE
from lingqu_water.endpoints import (
    alerts,
    assessments,
    compensation,
    consultations,
    disputes,
    imports,
    incidents,
    judgement,
    readings,
    resources,
    sections,
    series,
    zones,
)
from lingqu_water.endpoints.proceedings import ProceedingRoom
from lingqu_water.imports.importing import Importing
from lingqu_water.imports.shelf import Shelf
from lingqu_water.incidents.parts import declared_parts
from lingqu_water.judgement.classify import load_judge
from lingqu_water.judgement.indices import Indices
from lingqu_water.judgement.labels import Labels
from lingqu_water.metrics import METRICS
from lingqu_water.preparation import Preparation
from lingqu_water.readings.arrivals import Arrivals
from lingqu_water.readings.follow import Follower
from lingqu_water.readings.model import SAMPLE_TOPIC
from lingqu_water.readings.take import Readings
from lingqu_water.sections.store import Sections
from lingqu_water.sections.table import load_regions, load_sections
from lingqu_water.settings import WaterSettings
from lingqu_water.upkeep import Chore, Upkeep, forgetting

DOMAIN = "water"

# Many times what a batch of an import allocates at once.
_COLLECT_AFTER = 200_000


def create_app(settings: WaterSettings) -> FastAPI:
    """Return the water service's app; relay, inbox and upkeep run while it does."""
    clock, metrics = SystemClock(), Metrics()
    metrics.declare(metric for metric in METRICS if not metric.labels)
    catalogue = _own(load_catalogue(schemas_dir(settings.schemas_dir)))
    engine = make_engine(settings.database)
    writing, reading = session_factory(engine), session_factory(engine, read_only=True)
    registry = RegistryClient(settings.registry_url)
    id_key = _id_key(settings)
    scope = RegionScope.of_hub(settings.region, settings.also_regions)
    gates = Gates(
        catalogue,
        registry,
        scope=scope,
        environment=settings.environment,
        id_key=id_key,
    )
    events = Events(gates, DOMAIN)
    reference = settings.reference_dir
    judge, monthly = load_judge(folder=reference), load_judge("month", reference)
    labels, rule = Labels(reference), load_rule(reference)
    assessed = Assessments(Assessor(monthly, labels, rule), events, clock)
    closing = Closing(assessed, rule, clock)
    known_sections = Sections(engine, clock)
    alerting = alert_parts(writing, events, known_sections.of, scope, clock, metrics, reference)
    declared = declared_parts(
        writing, events, known_sections.of, settings.region, clock, metrics, reference
    )
    accounts = make_book(monthly, scope, events, clock, settings.compensation_dir)
    followers: list[Follower] = [AssessmentFollower(assessed), alerting.follower, accounts]
    zoning, gauging = (
        Declarations(engine, events, noun, settings.region, clock) for noun in (ZONE, RESOURCES)
    )
    taken = Readings(events, judge.classify, id_key, clock, metrics, followers)
    handlers: dict[str, Handler] = {
        SAMPLE_TOPIC: Arrivals(taken),
        ALERT_TOPIC: alerting.arrivals,
        **declared.handlers,
        COMPENSATION_TOPIC: Correspondence(accounts.library),
        ZONE.topic: zoning.shelf,
        RESOURCES.topic: gauging.shelf,
    }
    shelf = Shelf(settings.imports_dir)
    chores = [
        forgetting(writing, shelf, clock, metrics),
        Chore("close-months", 600.0, lambda: closing.close_due(writing)),
        Chore("remind", 15.0, alerting.reminding.round),
        Chore("count-incidents", 15.0, declared.counting.round),
        Chore("renew-terms", 60.0, lambda: accounts.catch_up(writing)),
    ]
    importing = Importing(writing, taken, shelf, clock, settings.import_batch)

    kafka, region, names = settings.kafka, settings.region, load_regions(reference)
    decoder = Decoder(catalogue, registry)
    relay = Relay(engine, kafka, region, DOMAIN, metrics, clock)
    inbox = Inbox(engine, kafka, region, DOMAIN, handlers, decoder, metrics, clock)
    upkeep = Upkeep(chores, clock, metrics)

    def prepare() -> None:
        migrate(engine, "lingqu_water.migrations")
        known_sections.seed(load_sections(reference))

    preparation = Preparation(prepare, clock)

    def missing() -> list[str]:
        database = preparation.missing() or database_missing(engine)
        return [*database, *gates.missing(), *relay.missing(), *inbox.missing()]

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(preparation.attempt)
        loops = {"outbox-relay": relay.run, "inbox": inbox.run, "upkeep": upkeep.run}
        async with AsyncExitStack() as stack:
            stack.callback(engine.dispose)
            stack.callback(registry.close)
            await stack.enter_async_context(background("preparation", preparation.run))
            for name, run in loops.items():
                await stack.enter_async_context(background(name, preparation.then(run)))
            yield

    app = make_app(
        DOMAIN,
        metrics=metrics,
        ready=missing,
        lifespan=lifespan,
        max_body_bytes=settings.max_body_bytes,
        body_limits={imports.IMPORTS_PATH: settings.max_import_bytes},
    )
    rooms = (
        sections.router(known_sections),
        readings.router(writing, reading, taken, clock),
        imports.router(importing),
        series.router(reading, judge),
        alerts.router(reading, alerting.desk, region, names),
        incidents.router(writing, reading, declared.desk, names),
        disputes.router(ProceedingRoom(writing, reading, declared.disputes, names)),
        consultations.router(ProceedingRoom(writing, reading, declared.consultations, names)),
        judgement.router(judge, labels, Indices(judge.items, reference)),
        assessments.router(AssessmentDesk(engine, assessed, labels, clock)),
        compensation.router(writing, reading, accounts),
        zones.router(zoning, reading),
        resources.router(gauging, reading),
    )
    for room in rooms:
        app.include_router(room)
    return app


def _own(catalogue: Catalogue) -> Catalogue:
    """Return this domain's contracts: those of others are no concern of this service."""
    return Catalogue({each.name: each for each in catalogue if each.domain == DOMAIN})


def _id_key(settings: WaterSettings) -> bytes:
    secret = settings.hub_key.get_secret_value() if settings.hub_key else None
    return HubKey.load(settings.keys_dir / "hub.key", secret).derive("event-id", settings.region)


def _create() -> FastAPI:
    """Return the app of this process, which from now on collects cycles seldom.

    The rows of an import are many objects that are never part of a cycle.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 100)
    return create_app(WaterSettings.load())


SERVICE = Service(DOMAIN, 8101, _create)

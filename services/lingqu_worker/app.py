"""The worker as a service: its loop in the lifespan, its lanes and metrics over HTTP."""

from __future__ import annotations

import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import anyio
import pyarrow as pa
from fastapi import FastAPI

from lingqu.admission.region import RegionScope
from lingqu.clock import SystemClock
from lingqu.contracts.loader import schemas_dir
from lingqu.contracts.watched import watched_catalogue
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.table import CompactedTable
from lingqu.kafka.topics import AGREEMENT_TOPIC
from lingqu.metrics import Metrics
from lingqu.quality import Tally
from lingqu.quality.reporting import Reporting
from lingqu.sealing import HubKey
from lingqu.service.app import Service, make_app
from lingqu.service.background import background
from lingqu.wire.registry import RegistryClient
from lingqu_worker.breaker import Breakers
from lingqu_worker.loop import WorkerLoop
from lingqu_worker.marks import Marks
from lingqu_worker.metrics import ALL
from lingqu_worker.open_producers import OpenProducers
from lingqu_worker.parking import ParkedStatus
from lingqu_worker.resources import ProgressCopies, Resources
from lingqu_worker.runner import Runner
from lingqu_worker.schemas import Schemas
from lingqu_worker.secret_files import SecretFiles
from lingqu_worker.settings import WorkerSettings

# Many times what a poll of the inlet allocates.
_COLLECT_AFTER = 200_000


def create_app(settings: WorkerSettings) -> FastAPI:
    """Return the worker's app; its loop runs while the app does."""
    metrics = Metrics()
    metrics.declare(metric for metric in ALL if not metric.labels)
    catalogue = watched_catalogue(schemas_dir(settings.schemas_dir))
    resources = _resources(settings, metrics, Tally(catalogue, metrics))
    reporting = Reporting(resources.tally, settings.kafka, settings.region)
    loop = WorkerLoop(resources, catalogue, settings.instance)
    stop = threading.Event()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        resources.table.start()
        thread = threading.Thread(target=loop.run, args=(stop,), name="worker-loop")
        thread.start()
        async with background("quality", reporting.run):
            yield
            stop.set()
            await anyio.to_thread.run_sync(thread.join)
        await anyio.to_thread.run_sync(resources.table.stop)
        resources.close()

    app = make_app("worker", metrics=metrics, ready=lambda: _missing(resources), lifespan=lifespan)

    @app.get("/v1/lanes", tags=["lanes"], summary="What every lane of this worker is doing")
    def lanes() -> dict[str, Any]:
        return {
            "feeds": [_shown(runner) for runner in loop.runners()],
            "partners": [
                {"connector": connector, **asdict(breaker)}
                for connector, breaker in resources.breakers.statuses()
            ],
            "problems": [{"feed": feed, "why": why} for feed, why in loop.problems.items()],
        }

    return app


def _resources(settings: WorkerSettings, metrics: Metrics, tally: Tally) -> Resources:
    clock = SystemClock()
    letters = BulkProducer(settings.kafka)
    return Resources(
        region=settings.region,
        own=RegionScope.of_hub(settings.region, settings.also_regions),
        environment=settings.environment,
        kafka=settings.kafka,
        registry_url=settings.registry_url,
        table=CompactedTable(settings.kafka, AGREEMENT_TOPIC, clock=clock),
        schemas=Schemas(RegistryClient(settings.registry_url)),
        hub_key=HubKey.load(
            settings.keys_dir / "hub.key",
            settings.hub_key.get_secret_value() if settings.hub_key else None,
        ),
        letters=letters,
        copies=ProgressCopies(settings.kafka, letters),
        metrics=metrics,
        tally=tally,
        clock=clock,
        breakers=Breakers(clock),
        marks=Marks(settings.kafka, letters),
        secret=SecretFiles(settings.secrets).read,
        parked_events=settings.parked_events,
        producers=OpenProducers(settings.transactional_lanes, settings.rest_after_s),
        permit=settings.networks.permit,
    )


def _missing(resources: Resources) -> list[str]:
    if resources.table.fresh():
        return list(filter(None, [resources.skew.refusal()]))
    address = resources.kafka.bootstrap_servers
    unseen = f"the end of {AGREEMENT_TOPIC} on {address} has not been seen for 8 s"
    return [f"{unseen}, so nothing is sent; is Kafka up, and has control made its topics?"]


def _shown(runner: Runner) -> dict[str, Any]:
    state = runner.state
    return {
        "feed": state.feed,
        **({"order": state.orders[0].number} if state.orders else {}),
        "agreement": state.agreement,
        "version": state.version,
        "topic": state.topic,
        "partner": state.recipient.partner,
        "connector": state.delivery.connector,
        "lag": runner.inlet.lag,
        "lanes": [
            {
                "partition": status.partition,
                "state": status.state,
                "why": status.why,
                "next_offset": status.next_offset,
                **({"parked": _parked(status.parked)} if status.parked is not None else {}),
            }
            for status in runner.inlet.statuses()
        ],
    }


def _parked(status: ParkedStatus) -> dict[str, Any]:
    return {
        "events": status.events,
        "keys": status.keys,
        "oldest": _instant(status.oldest_ms),
        "next_try": _instant(status.next_ms),
    }


def _instant(moment_ms: int | None) -> str | None:
    if not moment_ms:
        return None
    return datetime.fromtimestamp(moment_ms / 1000, UTC).isoformat(timespec="milliseconds")


def _create() -> FastAPI:
    """Return the app of this process, which from now on collects cycles seldom.

    Each consumed message is an object that the collector watches and that is never part of a
    cycle: left as it is, it takes a third of the worker's time. Arrow's own allocator would hold
    on to 65 MB more than the system's.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 100)
    pa.set_memory_pool(pa.system_memory_pool())
    return create_app(WorkerSettings.load())


SERVICE = Service("worker", 9101, _create)

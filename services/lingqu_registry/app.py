"""The registry as a service."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine

from lingqu.clock import SystemClock
from lingqu.errors import UnavailableError
from lingqu.metrics import Metrics
from lingqu.service.app import Service, make_app
from lingqu.service.auth import Access
from lingqu.service.database import make_engine, migrate
from lingqu_registry.cache.cached_reads import CachedReads
from lingqu_registry.cache.revisions import Revisions
from lingqu_registry.checking import Checking
from lingqu_registry.contracts import ContractLoading
from lingqu_registry.endpoints import (
    compatibility,
    config,
    contexts,
    mode,
    schemas,
    server,
    subjects,
    versions,
)
from lingqu_registry.endpoints.access import SubjectAccess
from lingqu_registry.endpoints.addressing import Addressing
from lingqu_registry.endpoints.backend import Backend
from lingqu_registry.endpoints.catalogue import catalogue_router
from lingqu_registry.endpoints.refusals import answer_errors_as_confluent
from lingqu_registry.endpoints.straight import serve_straight
from lingqu_registry.registration import Registration
from lingqu_registry.settings import RegistrySettings
from lingqu_registry.store.changes import revision_reader
from lingqu_registry.store.store import Store

logger = logging.getLogger(__name__)

_RETRY_S = 2.0
_READS_HOLD_S = 0.1
_FAMILIES = (versions, schemas, subjects, compatibility, config, mode, contexts, server)


def create_app(settings: RegistrySettings, access: Access | None = None) -> FastAPI:
    """Return the registry's app; the contracts are registered before it answers, if they can be.

    `access` says who calls and who may; by default everybody may.
    """
    metrics = Metrics()
    engine = make_engine(settings.database)
    store = Store(engine, SystemClock())
    code = settings.incompatible_error_code
    registration = Registration(store, settings.compatibility, code, metrics)
    checking = Checking(store, settings.compatibility)
    loading = ContractLoading(settings, store, metrics)
    revisions = Revisions(revision_reader(engine), good_for_s=_READS_HOLD_S)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = None
        if not await _prepare(engine, loading, registration):
            task = asyncio.create_task(_prepare_in_time(engine, loading, registration))
        gc.freeze()  # what is there now stays; a search for garbage need not go through it
        yield
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await run_in_threadpool(registration.close)
        await run_in_threadpool(checking.close)
        engine.dispose()

    app = make_app(
        "registry",
        metrics=metrics,
        ready=loading.missing,
        lifespan=lifespan,
        max_body_bytes=settings.max_body_bytes,
    )
    allowed = SubjectAccess(access or Access())
    app.state.backend = Backend(store, registration, checking, allowed, settings)
    app.router.redirect_slashes = False
    answer_errors_as_confluent(app)
    for family in _FAMILIES:
        app.include_router(family.router)
    serve_straight(app, versions.router, versions.register)
    serve_straight(app, compatibility.router, compatibility.with_one, compatibility.with_all)
    app.include_router(catalogue_router(settings.schemas_dir))
    app.add_middleware(Addressing, base_path=settings.base_path)
    if access is None:  # else each request is asked who sends it
        app.put_in_front(lambda rest: CachedReads(rest, revisions, metrics, settings.base_path))
    return app


async def _prepare(engine: Engine, loading: ContractLoading, registration: Registration) -> bool:
    try:
        await run_in_threadpool(migrate, engine, "lingqu_registry.migrations")
        await run_in_threadpool(loading.load, registration)
    except UnavailableError as error:
        logger.warning("registry not prepared", extra={"cause": str(error)})
        return False
    return True


async def _prepare_in_time(
    engine: Engine, loading: ContractLoading, registration: Registration
) -> None:
    while True:
        await asyncio.sleep(_RETRY_S)
        if await _prepare(engine, loading, registration):
            return


SERVICE = Service("registry", 8081, lambda: create_app(RegistrySettings.load()))

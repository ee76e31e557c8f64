"""The registry as a service."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from lingqu.clock import SystemClock
from lingqu.errors import LingquError, UnavailableError
from lingqu.metrics import Metrics
from lingqu.service.app import Service, make_app
from lingqu.service.database import make_engine, migrate
from lingqu_registry.compatibility_endpoints import (
    compatibility_router,
    config_router,
    mode_router,
)
from lingqu_registry.contracts import ContractLoading
from lingqu_registry.errors import RegistryError
from lingqu_registry.registration import Registration
from lingqu_registry.requests import answer, refusal
from lingqu_registry.schema_endpoints import schema_router
from lingqu_registry.settings import RegistrySettings
from lingqu_registry.store import Store
from lingqu_registry.subject_endpoints import subject_router

logger = logging.getLogger(__name__)

_RETRY_S = 2.0


def create_app(settings: RegistrySettings) -> FastAPI:
    """Return the registry's app; the contracts are registered before it answers, if they can be."""
    metrics = Metrics()
    engine = make_engine(settings.database)
    store = Store(engine, SystemClock())
    code = settings.incompatible_error_code
    registration = Registration(store, settings.compatibility, code, metrics)
    loading = ContractLoading(settings, store, metrics)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = None
        if not await _prepare(engine, loading, registration):
            task = asyncio.create_task(_prepare_in_time(engine, loading, registration))
        yield
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        engine.dispose()

    app = make_app(
        "registry",
        metrics=metrics,
        ready=loading.missing,
        lifespan=lifespan,
        max_body_bytes=settings.max_body_bytes,
    )
    _answer_errors_as_confluent(app)
    app.include_router(schema_router(store))
    app.include_router(compatibility_router(registration))
    app.include_router(config_router(store, registration))
    app.include_router(mode_router())
    app.include_router(subject_router(store, registration))

    @app.api_route("/", methods=["GET", "POST"], include_in_schema=False)
    def root() -> Response:
        return answer({})

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


def _answer_errors_as_confluent(app: FastAPI) -> None:
    app.add_exception_handler(RegistryError, _registry_error)
    app.add_exception_handler(LingquError, _store_error)
    app.add_exception_handler(SQLAlchemyError, _store_error)
    app.add_exception_handler(Exception, _store_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _registry_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RegistryError)  # noqa: S101 - registered for it
    return refusal(error.code, str(error), error.http_status)


async def _store_error(_request: Request, error: Exception) -> Response:
    logger.error("request failed", extra={"cause": type(error).__name__})
    return refusal(50001, "Error in the backend data store: the registry's log says where", 500)


async def _validation_error(_request: Request, error: Exception) -> Response:
    """Answer what is no number: to Confluent's clients such a route does not exist."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    first = error.errors()[0]
    status = 404 if first["loc"][0] == "path" else 400
    return refusal(status, f"HTTP {status}: {first['loc'][-1]}: {first['msg']}", status)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    sentence = f"HTTP {error.status_code} {error.detail}: {request.method} {request.url.path}"
    return refusal(error.status_code, sentence, error.status_code)


SERVICE = Service("registry", 8081, lambda: create_app(RegistrySettings.load()))

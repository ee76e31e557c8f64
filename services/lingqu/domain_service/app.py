"""The app of a domain's service: what all of them have, around the rooms that each brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from fastapi import APIRouter, FastAPI

from lingqu.domain_service.endpoints.imports import IMPORTS_PATH
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.garbage import collect_seldom
from lingqu.domain_service.running import Running
from lingqu.domain_service.settings import DomainSettings
from lingqu.service.app import Service, make_app
from lingqu.service.database_problems import answer_database_errors

Settings = TypeVar("Settings", bound=DomainSettings)


def make_domain_app(
    ground: Foundation,
    running: Running,
    rooms: Iterable[APIRouter],
    body_limits: Mapping[str, int] | None = None,
) -> FastAPI:
    """Return the app with its rooms; `running` runs while it does.

    `body_limits` are those of further paths that stream their bodies to disk, in bytes.
    """
    settings = ground.settings
    app = make_app(
        ground.domain,
        metrics=ground.metrics,
        ready=running.missing,
        lifespan=running.lifespan,
        max_body_bytes=settings.max_body_bytes,
        body_limits={IMPORTS_PATH: settings.max_import_bytes, **(body_limits or {})},
    )
    answer_database_errors(app)
    for room in rooms:
        app.include_router(room)
    return app


def service_of(
    domain: str, port: int, settings: type[Settings], create_app: Callable[[Settings], FastAPI]
) -> Service:
    """Return the service as `lingqu serve` starts it, from the settings of its environment."""

    def create() -> FastAPI:
        collect_seldom()
        return create_app(settings.load())

    return Service(domain, port, create)

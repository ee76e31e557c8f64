"""Several services in one process, each on its own port, started and drained together."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from lingqu.errors import ConfigurationError, LingquError
from lingqu.service import logging as log
from lingqu.service.app import Service
from lingqu.service.host import Host, Seat
from lingqu.service.ports import listen, port_of
from lingqu.service.targets import told_to_prometheus

GROUP = "lingqu.services"

Lowercase = BeforeValidator(lambda value: str(value).lower())
Uppercase = BeforeValidator(lambda value: str(value).upper())


class ProcessSettings(BaseSettings):
    """What concerns the process and none of its services."""

    model_config = SettingsConfigDict(env_prefix="LINGQU_", frozen=True, extra="ignore")

    host: str = Field(default="127.0.0.1", description="address on which services listen")
    port_offset: int = Field(default=0, description="moves every port that is not set by itself")
    log_format: Annotated[Literal["plain", "json"], Lowercase] = Field(
        default="plain", description="plain or json, a line each"
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Uppercase] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR"
    )


def services() -> dict[str, EntryPoint]:
    """Return the installed services by name; loading one imports its room."""
    return {point.name: point for point in entry_points(group=GROUP)}


def service(name: str) -> Service:
    """Return the service of that name, or raise ConfigurationError with the names there are."""
    known = services()
    if name not in known:
        nearest = get_close_matches(name, known, 1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        raise ConfigurationError(
            f"no service named {name!r}, only {', '.join(sorted(known))}{hint}"
        )
    return cast("Service", known[name].load())


def serve(names: Sequence[str]) -> int:
    """Run the services until a signal, and return the exit code.

    0 after a clean drain; 1 with one sentence when a port is taken or a service cannot start;
    2 with one sentence when a setting is unknown or wrong.
    """
    try:
        return serve_all([service(name) for name in names], os.environ)
    except ConfigurationError as error:
        print(f"lingqu: {error}", file=sys.stderr)  # noqa: T201 - the process's last words
        return 2
    except LingquError as error:
        print(f"lingqu: {error}", file=sys.stderr)  # noqa: T201 - the process's last words
        return 1


def serve_all(chosen: Sequence[Service], environ: Mapping[str, str]) -> int:
    """Run these services; raises LingquError when one of them cannot start."""
    settings = _process_settings()
    log.configure(settings.log_format, settings.log_level)
    seats: list[Seat] = []
    try:
        for one in chosen:
            port = port_of(one.name, one.port, environ)
            seats.append(Seat(one.name, listen(one.name, settings.host, port)))
        apps = [one.create() for one in chosen]
    except LingquError:
        for seat in seats:
            seat.listener.close()
        raise
    with told_to_prometheus({seat.name: seat.listener for seat in seats}, environ):
        return Host(list(zip(seats, apps, strict=True))).run()


def _process_settings() -> ProcessSettings:
    try:
        return ProcessSettings()
    except ValidationError as error:
        first = error.errors()[0]
        variable = f"LINGQU_{first['loc'][0]}".upper()
        raise ConfigurationError(f"{variable} is wrong: {first['msg']}") from error

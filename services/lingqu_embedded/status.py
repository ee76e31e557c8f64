"""What a hub is doing now: its own record of its processes, and what each service says itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from lingqu_embedded.home import HubHome
from lingqu_embedded.probe import missing_of_port, missing_of_service

Probe = Callable[[int], list[str]]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service: what it lacks is asked of the service, not remembered."""

    name: str
    port: int
    url: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """One process of the hub."""

    name: str
    pid: int | None
    state: str
    since: str
    restarts: int
    log: str
    services: tuple[ServiceStatus, ...]


@dataclass(frozen=True, slots=True)
class HubStatus:
    """One hub; `ready` only when all of it is, `died` when it ended without stopping."""

    home: str
    up: bool
    died: bool
    ready: bool
    region: str | None
    pid: int | None
    kafka: str | None
    ports: dict[str, int]
    urls: dict[str, str]
    processes: tuple[ProcessStatus, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def status_of(
    home: HubHome, of_kafka: Probe = missing_of_port, of_service: Probe = missing_of_service
) -> HubStatus:
    """Ask the hub of this home."""
    up, facts = home.locked(), home.facts()
    if facts is None or not up:
        died = not up and facts is not None
        return HubStatus(str(home.root), up, died, False, None, None, None, {}, {}, ())
    processes = tuple(_process(each, of_kafka, of_service) for each in facts["processes"])
    return HubStatus(
        home=str(home.root),
        up=True,
        died=False,
        ready=all(each.state == "ready" for each in processes),
        region=facts["region"],
        pid=facts["pid"],
        kafka=facts["kafka"],
        ports=facts["ports"],
        urls=facts["urls"],
        processes=processes,
    )


def _process(facts: dict[str, Any], of_kafka: Probe, of_service: Probe) -> ProcessStatus:
    services = tuple(
        _service(each, of_service if each["url"] else of_kafka) for each in facts["services"]
    )
    lacking = any(service.missing for service in services)
    return ProcessStatus(
        name=facts["name"],
        pid=facts["pid"],
        state="not ready" if facts["state"] == "ready" and lacking else facts["state"],
        since=facts["since"],
        restarts=facts["restarts"],
        log=facts["log"],
        services=services,
    )


def _service(facts: dict[str, Any], probe: Probe) -> ServiceStatus:
    return ServiceStatus(facts["name"], facts["port"], facts["url"], tuple(probe(facts["port"])))

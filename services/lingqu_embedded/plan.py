"""Which processes make a hub, in which order, with which ports and environment."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.metadata import entry_points

from lingqu.errors import ConfigurationError
from lingqu.service.ports import port_of
from lingqu_embedded.broker import HOST, Broker, BrokerSettings
from lingqu_embedded.home import HubHome
from lingqu_embedded.probe import missing_of_port, missing_of_service
from lingqu_embedded.process import ProcessSpec, Seat

KAFKA = "kafka"
KAFKA_PORT = 9092
CONTROLLER_PORT = 19093
HEAP_MB = 512
SMALL_HEAP_MB = 256

# The usual ports of the hub's own services; any other service says its own.
USUAL_PORTS = {
    "registry": 8081,
    "gateway": 8080,
    "control": 8082,
    "evidence": 8083,
    "console": 8090,
    "worker": 9101,
}
GROUPS = {
    "registry": "api",
    "gateway": "api",
    "control": "api",
    "evidence": "api",
    "console": "console",
    "worker": "worker",
}
OTHERS = "domains"
FIRST = "api"


@dataclass(frozen=True, slots=True)
class HubOptions:
    """What was asked of `lingqu up`."""

    home: HubHome
    region: str
    environ: Mapping[str, str] = field(repr=False)
    only: tuple[str, ...] = ()
    separate: bool = False
    port_offset: int = 0
    heap_mb: int | None = None
    until_exit_of: int | None = None

    @property
    def own_kafka(self) -> bool:
        """Tell whether the hub brings its own broker: it does unless settings name another."""
        return "LINGQU_KAFKA__BOOTSTRAP_SERVERS" not in self.environ


@dataclass(frozen=True, slots=True)
class Plan:
    """A hub to be: its addresses, and its processes phase by phase."""

    options: HubOptions
    groups: Mapping[str, Sequence[str]]
    ports: Mapping[str, int]

    @property
    def bootstrap(self) -> str:
        if not self.options.own_kafka:
            return self.options.environ["LINGQU_KAFKA__BOOTSTRAP_SERVERS"]
        return f"{HOST}:{self.ports[KAFKA]}"

    @property
    def urls(self) -> dict[str, str]:
        return {name: _url(port) for name, port in self.ports.items() if not _of_kafka(name)}

    def facts(self) -> dict[str, object]:
        """Return what `hub.json` tells those who want to reach the hub."""
        return {
            "region": self.options.region,
            "ports": dict(self.ports),
            "urls": self.urls,
            "kafka": self.bootstrap,
        }

    def environ(self) -> dict[str, str]:
        """Return the environment of the hub's processes."""
        urls = {
            f"LINGQU_{name.upper()}_URL": _url(self.port(name))
            for name in ("registry", "gateway", "control")
        }
        return {
            "LINGQU_PROFILE": "demo",
            **urls,
            **self.options.environ,
            "LINGQU_HOME": str(self.options.home.root),
            "LINGQU_REGION": self.options.region,
            "LINGQU_KAFKA__BOOTSTRAP_SERVERS": self.bootstrap,
            "LINGQU_PORT_OFFSET": str(self.options.port_offset),
            "PYTHONUNBUFFERED": "1",
        }

    def port(self, service: str) -> int:
        return self.ports.get(service) or _port(service, self.options)

    def broker_settings(self) -> BrokerSettings:
        heap_mb = self.options.heap_mb or (SMALL_HEAP_MB if self.options.only else HEAP_MB)
        return BrokerSettings(
            self.options.home.kafka, self.ports[KAFKA], self.ports["controller"], heap_mb
        )

    def phases(self, classpath: str | None) -> list[list[ProcessSpec]]:
        """Return the processes: Kafka, then the api, then all others."""
        environ = self.environ()
        phases = [[self._kafka(classpath, environ)]] if classpath is not None else []
        first = [name for name, services in self.groups.items() if _group(services[0]) == FIRST]
        rest = [name for name in self.groups if name not in first]
        return phases + [
            [self._process(name, environ) for name in names] for names in (first, rest) if names
        ]

    def _kafka(self, classpath: str, environ: Mapping[str, str]) -> ProcessSpec:
        broker = Broker(self.broker_settings(), classpath)
        port = self.ports[KAFKA]
        return ProcessSpec(
            name=KAFKA,
            command=broker.prepare,
            seats=(Seat(KAFKA, port, None),),
            missing=lambda: missing_of_port(port),
            log=self.options.home.logs / "kafka.log",
            environ=environ,
            grace_s=30,
        )

    def _process(self, name: str, environ: Mapping[str, str]) -> ProcessSpec:
        services = self.groups[name]
        seats = tuple(Seat(each, self.ports[each], _url(self.ports[each])) for each in services)
        return ProcessSpec(
            name=name,
            command=_serve(services),
            seats=seats,
            missing=lambda: [
                f"{seat.service}: {sentence}"
                for seat in seats
                for sentence in missing_of_service(seat.port)
            ],
            log=self.options.home.logs / f"{name}.log",
            environ=environ,
        )


def make_plan(options: HubOptions, installed: Iterable[str] | None = None) -> Plan:
    """Return the plan; raises ConfigurationError for an unknown name in `only`."""
    names = sorted(installed) if installed is not None else _installed()
    chosen = _chosen(names, options.only)
    groups: dict[str, list[str]] = {}
    for name in chosen:
        groups.setdefault(name if options.separate else _group(name), []).append(name)
    ports = {name: _port(name, options) for name in chosen}
    if options.own_kafka:
        ports = {**_kafka_ports(options), **ports}
    return Plan(options, groups, ports)


def _chosen(names: Sequence[str], only: Sequence[str]) -> list[str]:
    known = {*names, *(_group(name) for name in names)}
    for each in only:
        if each not in known:
            nearest = get_close_matches(each, known, 1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            raise ConfigurationError(
                f"--only {each!r} is no process or service; there are {', '.join(sorted(known))}"
                f"{hint}"
            )
    return [name for name in names if not only or name in only or _group(name) in only]


def _kafka_ports(options: HubOptions) -> dict[str, int]:
    environ = _with_offset(options)
    return {
        KAFKA: port_of("kafka", KAFKA_PORT, environ),
        "controller": port_of("kafka-controller", CONTROLLER_PORT, environ),
    }


def _port(service: str, options: HubOptions) -> int:
    usual = USUAL_PORTS.get(service)
    if usual is None:
        [point] = entry_points(group="lingqu.services", name=service)
        usual = int(point.load().port)
    return port_of(service, usual, _with_offset(options))


def _with_offset(options: HubOptions) -> dict[str, str]:
    return {**options.environ, "LINGQU_PORT_OFFSET": str(options.port_offset)}


def _installed() -> list[str]:
    return sorted(point.name for point in entry_points(group="lingqu.services"))


def _group(service: str) -> str:
    return GROUPS.get(service, OTHERS)


def _of_kafka(name: str) -> bool:
    return name in (KAFKA, "controller")


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _serve(services: Sequence[str]) -> Callable[[], list[str]]:
    return lambda: [sys.executable, "-m", "lingqu_cli", "serve", *services]

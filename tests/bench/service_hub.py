"""A hub with one service on PostgreSQL: one broker, each service in its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from platformdirs import user_cache_path
from tests.bench.brokers import HEAP_MB
from tests.bench.postgres import Postgres, postgres
from tests.bench.process import BenchError, Measured
from tests.support.ports import free_ports

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, internal_topics
from lingqu_embedded import jars
from lingqu_embedded.broker import Broker, BrokerSettings

ROOT = Path(__file__).parents[2]
REGION = "43"
_OTHERS = ("registry", "control", "worker")
_READY_S = 60


@dataclass(frozen=True, slots=True)
class ServiceHub:
    """Where one hub's broker, database and services are."""

    home: Path
    service: str
    kafka: KafkaSettings
    database: Postgres
    ports: dict[str, int]
    schemas: Path = ROOT / "schemas"

    @contextmanager
    def serving(self, *names: str) -> Iterator[Measured]:
        """Run services in one process until the block ends; they are ready when it begins."""
        command = [sys.executable, "-m", "lingqu_cli", "serve", *names]
        log = self.home / f"{'-'.join(names)}.log"
        with Measured(f"the {' and '.join(names)}", command, self._environ(), log) as process:
            process.wait("readiness", lambda: all(map(self._is_ready, names)), _READY_S)
            yield process

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def make_topics(self) -> None:
        """Make the hub's own topics and those of the contracts."""
        own = [TopicSpec(each.topic(), each.partitions) for each in load_catalogue(self.schemas)]
        with Topics(self.kafka) as topics:
            topics.ensure([*internal_topics(), *own])

    def lingqu(self, *arguments: str) -> str:
        """Run a command to its end, and return what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "lingqu_cli", *arguments],
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode != 0:
            raise BenchError(f"lingqu {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def keep_secret(self, name: str, text: str) -> None:
        """Give the worker a secret that an agreement names."""
        file = self.home / "secrets" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        file.chmod(0o600)

    def _is_ready(self, name: str) -> bool:
        try:
            return httpx2.get(f"{self.url(name)}/readyz", timeout=5).is_success
        except httpx2.HTTPError:
            return False

    def _environ(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("LINGQU_")}
        return {
            **kept,
            "LINGQU_HOME": str(self.home),
            "LINGQU_REGION": REGION,
            "LINGQU_PROFILE": "demo",
            "LINGQU_KAFKA__BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
            "LINGQU_SCHEMAS_DIR": str(self.schemas),
            f"LINGQU_{self.service.upper()}_DATABASE_URL": self.database.url,
            "LINGQU_LOG_LEVEL": "WARNING",
            **{f"LINGQU_{name.upper()}_PORT": str(port) for name, port in self.ports.items()},
            "LINGQU_REGISTRY_URL": self.url("registry"),
            "LINGQU_CONTROL_URL": self.url("control"),
        }


@contextmanager
def service_hub(home: Path, service: str, schemas: Path = ROOT / "schemas") -> Iterator[ServiceHub]:
    """Start broker and database, and yield the hub of a service which the caller runs."""
    home.mkdir(parents=True)
    names = (*_OTHERS, service)
    broker_port, controller_port, *ports = free_ports(2 + len(names))
    settings = BrokerSettings(home / "kafka", broker_port, controller_port, HEAP_MB)
    broker = Broker(settings, jars.classpath(user_cache_path("lingqu")))
    with postgres(home.parent / f"postgres-{home.name}") as server:
        try:
            broker.start()
            kafka = KafkaSettings(bootstrap_servers=broker.bootstrap)
            places = dict(zip(names, ports, strict=True))
            hub = ServiceHub(home, service, kafka, server, places, schemas)
            hub.make_topics()
            yield hub
        finally:
            broker.kill()

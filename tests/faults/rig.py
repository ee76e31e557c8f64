"""The hub under test and its partner: two brokers, a database, a registry, a relay, workers."""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from platformdirs import user_cache_path
from tests.faults.disk import SmallDisk
from tests.faults.guest import Guest
from tests.faults.lines import Lines
from tests.faults.plan import Part
from tests.faults.process import Process
from tests.faults.timeline import Ailing, Troupe
from tests.support.agreements import HUB_KEY
from tests.support.broker import JVM
from tests.support.ports import free_port, free_ports

from lingqu.agreements.state import AGREEMENT_TOPIC, AgreementState
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, internal_topics
from lingqu.outbox.model import create_outbox
from lingqu.service.database import make_engine
from lingqu.wire.registry import RegistryClient
from lingqu_embedded import jars
from lingqu_embedded.broker import Broker, BrokerSettings

ROOT = Path(__file__).parents[2]
CONTRACTS = Path(__file__).parent / "contracts"
REGION = "43"
_START_S = 90.0

# kafka-python tells of each connection that was reset with a traceback.
_UNFORESEEN = re.compile(rb"^(?!\S+ \w+ +kafka\.).*\nTraceback \(most recent", re.MULTILINE)
_HEAP_MB = 256


class RigError(Exception):
    """The run itself cannot go on; it says nothing about the product's promises."""


@dataclass(slots=True)
class Rig:
    """Everything that is up during a run, by `running`."""

    home: Path
    source: KafkaSettings
    target: KafkaSettings
    registry_url: str
    database: str
    contract: Contract
    brokers: Mapping[str, Process]
    drops: Path
    relay_database: str
    ailing: dict[Part, Ailing] = field(default_factory=dict)
    schema_id: int = 0
    _processes: list[Process] = field(default_factory=list)
    _worker: int = 0

    def environ(self, instance: str, port: int) -> dict[str, str]:
        """Return what a service of this hub finds in its environment."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("LINGQU_")}
        return {
            **kept,
            "LINGQU_HOME": str(self.home),
            "LINGQU_REGION": REGION,
            "LINGQU_WORKER_ALLOWED_NETWORKS": "127.0.0.0/8",
            "LINGQU_KAFKA__BOOTSTRAP_SERVERS": self.source.bootstrap_servers,
            "LINGQU_REGISTRY_URL": self.registry_url,
            "LINGQU_SCHEMAS_DIR": str(CONTRACTS),
            "LINGQU_HUB_KEY": base64.urlsafe_b64encode(HUB_KEY._secret).decode(),
            "LINGQU_WORKER_INSTANCE": instance,
            "LINGQU_WORKER_PORT": str(port),
        }

    def worker(self, instance: str) -> Process:
        """Return a worker process of that name, not started."""
        return self._process(
            f"worker-{instance}",
            [sys.executable, "-m", "lingqu_cli", "serve", "worker"],
            self.environ(instance, free_port()),
        )

    def relay(self) -> Process:
        """Return a relay process, not started."""
        arguments = [self.relay_database, self.source.bootstrap_servers, REGION]
        command = [sys.executable, "-m", "tests.faults.relay", *arguments]
        return self._process("relay", command, dict(os.environ))

    def worker_troupe(self) -> Troupe:
        """Return a worker, and how another one takes over under the same name or another."""

        def second(same: bool) -> Process:
            self._worker += 0 if same else 1
            return self.worker(f"w{self._worker}")

        return Troupe(self.worker(f"w{self._worker}"), second, skewed=self._skewed)

    def guest(self) -> Process:
        """Return a worker without a name, not started: its coming and going moves partitions."""
        environ = self.environ("", free_port())
        del environ["LINGQU_WORKER_INSTANCE"]
        command = [sys.executable, "-m", "lingqu_cli", "serve", "worker"]
        return self._process("worker-guest", command, environ)

    def relay_troupe(self) -> Troupe:
        """Return a relay, and how a second one gets the first one's lock while that is frozen."""
        return Troupe(self.relay(), lambda _same: self.relay(), self._end_lock)

    def publish(self, *states: AgreementState) -> None:
        """Put agreement states on their topic, as control would."""
        producer = BulkProducer(self.source)
        for state in states:
            producer.produce(AGREEMENT_TOPIC, state.encode(), state.agreement.encode())
        producer.flush()
        producer.close()

    def tracebacks(self) -> int:
        """Count the exceptions that nobody had foreseen, by the logs."""
        logs = {process.log for process in self._processes if process.log.exists()}
        return sum(len(_UNFORESEEN.findall(log.read_bytes())) for log in logs)

    def kill_all(self) -> None:
        """Leave no relay and no worker, frozen or not."""
        for process in self._processes:
            process.kill()

    def _process(self, name: str, command: list[str], environ: Mapping[str, str]) -> Process:
        log = self.home / f"{name}.log"
        made = Process(name, lambda: command, environ, log)
        self._processes.append(made)
        return made

    def _skewed(self, by_s: float) -> Process:
        command = [sys.executable, "-m", "tests.faults.skewed", str(by_s), "serve", "worker"]
        environ = self.environ(f"w{self._worker}", free_port())
        return self._process("worker-skewed", command, environ)

    def _end_lock(self) -> None:
        """End the session of a frozen relay, as the server's keep-alive does for a lost host."""
        with psycopg.connect(self.database.replace("+psycopg", ""), autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )


@contextmanager
def running(
    home: Path, database: str, source: str | None = None, *, wide: bool = False
) -> Iterator[Rig]:
    """Start all but relay and worker; `database` is a URL, or the kind of one to be started.

    If `wide`, lines are between them, and the partner's folders are on a small disk.
    """
    started: list[Process] = []
    disk = SmallDisk.mounted(home / "drops") if wide else None
    lines = Lines(wide)
    try:
        rig = _started(home, database, source, started, lines)
        if wide:
            rig.ailing |= {**lines.drawn, "guest": Guest(rig.guest)}
        if disk is not None:
            rig.ailing["disk"], rig.drops = disk, disk.folder
        try:
            yield rig
        finally:
            rig.kill_all()
    finally:
        lines.close()
        if disk is not None:
            disk.unmount()
        for process in reversed(started):
            if process.name == "postgres":
                process.stop()
            else:
                process.kill()


def wait(done: Callable[[], bool], process: Process, timeout_s: float = _START_S) -> None:
    """Wait until a process answers; RigError with its last words when it does not."""
    deadline = time.monotonic() + timeout_s
    while not done():
        if not process.alive or time.monotonic() > deadline:
            raise RigError(f"{process.name} did not start: {process.last_words()}")
        time.sleep(0.05)


def _started(
    home: Path, database: str, source: str | None, started: list[Process], lines: Lines
) -> Rig:
    classpath = jars.classpath(user_cache_path("lingqu"))
    brokers = {name: _broker(home / name, classpath) for name in ("source", "target")}
    if source is not None:
        del brokers["source"]
    bootstraps = {name: lines.to_broker(name, broker) for name, broker in brokers.items()}
    processes = {
        name: _start(lines.command(broker, bootstraps[name]), name, home, started)
        for name, broker in brokers.items()
    }
    url = _database(home, database, started)
    for name, broker in brokers.items():
        wait(broker.ready, processes[name])
    rig = Rig(
        home,
        KafkaSettings(bootstrap_servers=source or bootstraps["source"]),
        KafkaSettings(bootstrap_servers=bootstraps["target"]),
        f"http://127.0.0.1:{free_port()}",
        url,
        load_catalogue(CONTRACTS).contract("fault.pulse"),
        processes,
        home,
        relay_database=lines.to_database(url),
    )
    with Topics(rig.source) as topics:
        topics.ensure(internal_topics())
    engine = make_engine(url)
    with engine.begin() as connection:
        create_outbox(connection)
    engine.dispose()
    _start_registry(rig, started)
    return rig


def _broker(home: Path, classpath: str) -> Broker:
    port, controller_port = free_ports(2)
    return Broker(BrokerSettings(home, port, controller_port, heap_mb=_HEAP_MB, jvm=JVM), classpath)


def _start(
    command: Callable[[], Sequence[str]], name: str, home: Path, started: list[Process]
) -> Process:
    process = Process(name, command, os.environ, home / f"{name}.log")
    started.append(process)
    process.start()
    return process


def _start_registry(rig: Rig, started: list[Process]) -> None:
    environ = rig.environ("none", 0)
    environ["LINGQU_REGISTRY_PORT"] = rig.registry_url.rpartition(":")[2]
    command = [sys.executable, "-m", "lingqu_cli", "serve", "registry"]
    process = Process("registry", lambda: command, environ, rig.home / "registry.log")
    started.append(process)
    process.start()
    wait(lambda: _ready(f"{rig.registry_url}/readyz"), process)
    contract = rig.contract
    with RegistryClient(rig.registry_url) as registry:
        rig.schema_id = registry.register(contract.subject(), contract.latest().schema)


def _database(home: Path, database: str, started: list[Process]) -> str:
    """Return the URL of the outbox's database, started if it is only a kind."""
    if database == "sqlite":
        return f"sqlite:///{home / 'outbox.sqlite'}"
    if database != "postgres":
        return database
    facts = home / "postgres.json"
    command = [sys.executable, "-m", "tests.support.keeper", "postgres", str(facts)]
    keeper = Process(
        "postgres", lambda: [*command, str(os.getpid())], os.environ, home / "postgres.log"
    )
    started.append(keeper)
    keeper.start()
    wait(facts.exists, keeper)
    url: str = json.loads(facts.read_text("utf-8"))["url"]
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _ready(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False

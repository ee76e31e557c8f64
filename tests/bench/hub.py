"""The hub under measurement: a registry and, for each job, a worker of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
from tests.bench.agreement import hub_of, in_force
from tests.bench.arrivals import Arrivals, Counted
from tests.bench.brokers import Clusters
from tests.bench.jobs import Figures, Job
from tests.bench.load import ORIGIN, Load, fill
from tests.bench.process import BenchError, Measured
from tests.bench.profile import profiled
from tests.support.ports import free_ports

from lingqu.agreements.state import AGREEMENT_TOPIC, AgreementState
from lingqu.clock import SystemClock
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, internal_topics
from lingqu.wire.registry import RegistryClient
from lingqu_worker.metrics import VIEW_SECONDS

CONTRACTS = Path(__file__).parent / "contracts"
_READY_S = 60
_DELIVERED_S = 180
_SELDOM_S = 1.0  # what the worker does to answer counts as its own time, and grows with its lanes


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a job made: the topic on the target, the state it was made under, and the figures."""

    topic: str
    state: AgreementState
    figures: Figures


@dataclass(frozen=True, slots=True)
class Delivering:
    """An agreement in force, and where its events arrive."""

    state: AgreementState
    arrivals: Counted


class BenchHub:
    """The hub of region 43, its Kafka being the source cluster."""

    def __init__(self, home: Path, clusters: Clusters) -> None:
        self._home = home
        self._clusters = clusters
        self._registry_port, self._worker_port = free_ports(2)
        self.registry_url = f"http://127.0.0.1:{self._registry_port}"
        catalogue = load_catalogue(CONTRACTS)
        self.contract: Contract = catalogue.contract("bench.reading")
        self.knows = hub_of(catalogue, home / "keys", SystemClock())

    @property
    def kafka(self) -> KafkaSettings:
        """Where the events are."""
        return self._clusters.source

    @property
    def target(self) -> KafkaSettings:
        """Where they go, where they go to Kafka."""
        return self._clusters.target

    def fill(self, events: int, first: int = 0) -> Load:
        """Put so many events on the contract's topic, behind those there; needs the registry."""
        if not first:
            self.make_topics()
        return fill(self.kafka, self.contract, self.schema_id(), events, first)

    def schema_id(self) -> int:
        """Return the id of what is on the topic, registered where it was not."""
        with RegistryClient(self.registry_url) as registry:
            version = self.contract.latest()
            return registry.register(self.contract.subject(), version.schema)

    def make_topics(self) -> None:
        """Make the hub's own topics and the contract's."""
        own = TopicSpec(self.contract.topic(), self.contract.partitions)
        with Topics(self._clusters.source) as topics:
            topics.ensure([*internal_topics(), own])

    @contextmanager
    def registry(self) -> Iterator[None]:
        """Run the registry."""
        with self._serving("registry") as process:
            ready = f"{self.registry_url}/readyz"
            process.wait("answer of /readyz", lambda: _get(ready) is not None, _READY_S)
            yield

    def deliver(self, job: Job, feed: str, load: Load) -> Delivered:
        """Run a worker until it has delivered the whole topic."""
        options = self.options(f"{load.topic}.{feed}")
        arrivals = Arrivals(self._clusters.target, options["topic"], self.contract.partitions)
        state, figures = self.run(job, feed, load, arrivals, options)
        return Delivered(options["topic"], state, figures)

    def options(self, topic: str) -> dict[str, str]:
        """Return what a feed into the target cluster is told."""
        return {
            "bootstrap_servers": self._clusters.target.bootstrap_servers,
            "registry_url": self.registry_url,
            "topic": topic,
        }

    def source_of(self, load: Load) -> Arrivals:
        """Return the topic of a load as seen from outside."""
        return Arrivals(self._clusters.source, load.topic, self.contract.partitions)

    def run_together(self, delivering: Sequence[Delivering], load: Load) -> tuple[float, float]:
        """Let one worker deliver the topic under all agreements.

        Return its CPU time in seconds, and how much of it went into views. The agreements come into
        force once it is ready, so that its start is not counted.
        """
        wanted = len(delivering) * sum(self._ends(load).values())
        with self._serving("worker") as process:
            process.wait("lanes", lambda: self._lanes() is not None, _READY_S)
            begun = process.cpu_s()
            for each in delivering:
                self._publish(each.state)
            process.wait(
                "delivery", lambda: self._passed() == wanted, _DELIVERED_S, poll_s=_SELDOM_S
            )
            cpu_s, views_s = process.cpu_s() - begun, self._views_s()
        for each in delivering:
            if (arrived := each.arrivals.count()) < load.events:
                raise BenchError(f"{arrived} of {load.events} events are at {each.state.feed!r}")
            self._publish(replace(each.state, state="revoked"))
        return cpu_s, views_s

    def run(
        self,
        job: Job,
        feed: str,
        load: Load,
        arrivals: Counted,
        options: Mapping[str, Any],
        connector: str = "kafka-sink",
        profile: Path | None = None,
    ) -> tuple[AgreementState, Figures]:
        """Run a worker until the whole topic has arrived and is done with.

        Where a `profile` is named, it is told there where the worker spent its time.
        """
        state = in_force(job, feed, self.knows, options, connector)
        self._publish(state)
        try:
            return state, self._measure(arrivals, load, profile)
        finally:
            self._publish(replace(state, state="revoked"))

    def keep_secret(self, name: str, text: str) -> None:
        """Give the worker a secret that an agreement names."""
        file = self._home / "secrets" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        file.chmod(0o600)

    def _measure(self, arrivals: Counted, load: Load, profile: Path | None) -> Figures:
        source = self._ends(load)
        with self._serving("worker") as process, ExitStack() as seen:
            if profile is not None:  # not of its start, in which it becomes another program
                process.wait("lanes", lambda: self._lanes() is not None, _READY_S)
                seen.enter_context(profiled(process.pid, profile))

            def all_there() -> bool:
                return arrivals.count() >= load.events and self._done() == source

            try:
                process.wait(f"delivery of {load.events} events", all_there, _DELIVERED_S)
            except BenchError as error:
                raise BenchError(f"{error}; its lanes: {self._lanes()}") from error
            arrivals.count()
            pace = arrivals.pace(load.events)
            cpu_s, peak = process.cpu_s(), process.peak_rss_mb()
        return Figures(pace.rate, cpu_s / load.events * 1e6, peak, pace.seconds, load.events)

    def _ends(self, load: Load) -> dict[int, int]:
        return self.source_of(load).ends()

    def _passed(self) -> int:
        """Return how many records all lanes of all feeds are past."""
        lanes = self._lanes()
        feeds = lanes["feeds"] if lanes else []
        return sum(lane["next_offset"] or 0 for feed in feeds for lane in feed["lanes"])

    def _views_s(self) -> float:
        """Return what the worker's own counter says of views."""
        text = httpx2.get(f"http://127.0.0.1:{self._worker_port}/metrics", timeout=10).text
        lines = (line for line in text.splitlines() if line.startswith(f"{VIEW_SECONDS.name}{{"))
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    def _done(self) -> dict[int, int]:
        lanes = self._lanes()
        feeds = lanes["feeds"] if lanes else []
        return {lane["partition"]: lane["next_offset"] for feed in feeds for lane in feed["lanes"]}

    def _lanes(self) -> Any:
        return _get(f"http://127.0.0.1:{self._worker_port}/v1/lanes")

    def _serving(self, service: str) -> Measured:
        command = [sys.executable, "-m", "lingqu_cli", "serve", service]
        log = self._home / f"{service}.log"
        return Measured(f"the {service}", command, self._environ(), log)

    def _environ(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("LINGQU_")}
        return {
            **kept,
            "LINGQU_HOME": str(self._home),
            "LINGQU_REGION": ORIGIN,
            "LINGQU_KAFKA__BOOTSTRAP_SERVERS": self._clusters.source.bootstrap_servers,
            "LINGQU_REGISTRY_URL": self.registry_url,
            "LINGQU_SCHEMAS_DIR": str(CONTRACTS),
            "LINGQU_REGISTRY_PORT": str(self._registry_port),
            "LINGQU_WORKER_PORT": str(self._worker_port),
            "LINGQU_WORKER_ALLOWED_NETWORKS": "127.0.0.0/8",
            "LINGQU_LOG_LEVEL": "WARNING",
        }

    def _publish(self, state: AgreementState) -> None:
        producer = BulkProducer(self._clusters.source)
        producer.produce(AGREEMENT_TOPIC, state.encode(), state.agreement.encode())
        producer.flush()
        producer.close()


def _get(url: str) -> Any:
    """Return the JSON of a good answer, or None."""
    try:
        response = httpx2.get(url, timeout=5)
        return response.json() if response.is_success else None
    except (httpx2.HTTPError, ValueError):
        return None

"""A worker in this process, on the shared broker, with agreements on a topic of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from tests.support.agreements import HUB_KEY, agreement_state
from tests.support.builders import contract_folder
from tests.support.topics import TopicReader, writer

from lingqu.admission.region import RegionScope
from lingqu.agreements.state import AgreementState
from lingqu.clock import Clock, SystemClock
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.contracts.watched import watched_catalogue
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.table import CompactedTable
from lingqu.kafka.topics import COMPACTED, DEAD_LETTER_TOPIC, Topics, TopicSpec, internal_topics
from lingqu.metrics import Metrics
from lingqu.quality import Tally
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame
from lingqu.wire.registry import RegistryClient
from lingqu_worker.breaker import Breakers
from lingqu_worker.loop import WorkerLoop
from lingqu_worker.marks import Marks
from lingqu_worker.networks import Networks
from lingqu_worker.open_producers import MOST, REST_AFTER_S, OpenProducers
from lingqu_worker.resources import ProgressCopies, Resources
from lingqu_worker.retry import Schedule
from lingqu_worker.schemas import Schemas
from lingqu_worker.secret_files import SecretFiles


@dataclass
class WorkerUnderTest:
    """One hub's worker: its contract, its loop, and ways to publish and look."""

    kafka: KafkaSettings
    registry_url: str
    contract: Contract
    folder: Path
    table_topic: str
    feeds: list[AgreementState] = field(default_factory=list)
    schedule: Schedule = field(default_factory=Schedule)
    parked_events: int = 10_000
    transactional_lanes: int = MOST
    rest_after_s: float = REST_AFTER_S
    networks: Networks = field(default_factory=lambda: Networks(refused=()))

    @property
    def topic(self) -> str:
        return self.contract.topic()

    @property
    def secrets(self) -> Path:
        return self.folder.parent / "secrets"

    def keep_secret(self, name: str, text: str) -> None:
        """Write a secret as an operator would."""
        self.secrets.mkdir(exist_ok=True)
        (self.secrets / name).write_text(text + "\n", "utf-8")
        (self.secrets / name).chmod(0o600)

    def agree(self, feed: str, **terms: Any) -> AgreementState:
        """Put an agreement on the table's topic."""
        state = agreement_state(self.contract, feed=feed, **terms)
        self.put(state)
        return state

    def put(self, state: AgreementState) -> None:
        self._producer.deliver(self.table_topic, [(state.agreement.encode(), state.encode())])

    def kafka_options(self, **others: Any) -> dict[str, Any]:
        address = self.kafka.bootstrap_servers
        return {"bootstrap_servers": address, "registry_url": self.registry_url, **others}

    def publish(self, events: Sequence[dict[str, Any] | bytes | None], topic: str = "") -> None:
        """Write events to the canonical topic as the hub would; bytes go as they are."""
        self._producer.deliver(topic or self.topic, map(self.record, events))

    def record(self, event: dict[str, Any] | bytes | None) -> tuple[bytes, bytes | None]:
        """Return key and value of an event as the hub would write it."""
        if not isinstance(event, dict):
            return b"broken", event
        schema_id, codec = self._framing
        return self.contract.key_of(event).encode(), frame(schema_id, codec.encode_rows([event])[0])

    @cached_property
    def _framing(self) -> tuple[int, AvroCodec]:
        return self.schema_id(), AvroCodec(self.contract.latest().schema)

    @cached_property
    def _producer(self) -> BulkProducer:
        return writer(self.kafka)

    def schema_id(self) -> int:
        with RegistryClient(self.registry_url) as registry:
            return registry.register(self.contract.subject(), self.contract.latest().schema)

    def delivered(self, topic: str) -> list[Any]:
        target = TopicReader(self.kafka, topic)
        return target.read() if target.exists() else []

    def await_delivered(self, topic: str, count: int) -> list[Any]:
        """Wait until the target holds that many records, and return them."""
        return TopicReader(self.kafka, topic).await_records(count)

    def dead_letters(self, feed: str) -> list[dict[str, Any]]:
        """Return the dead letters of a feed, one of each id."""
        records = TopicReader(self.kafka, DEAD_LETTER_TOPIC).read()
        letters = [orjson.loads(r.value()) for r in records if r.key() == feed.encode()]
        return list({one["id"]: one for one in letters if "reason" in one}.values())

    def resources(self, region: str = "43", clock: Clock | None = None) -> Resources:
        """Return what a worker of a region shares, with its own metrics.

        With a clock that is not the broker's, nobody compares the two.
        """
        letters, metrics = BulkProducer(self.kafka), Metrics()
        skewed, clock = clock is not None, clock or SystemClock()
        made = Resources(
            region=region,
            own=RegionScope((region,)),
            environment="prod",
            kafka=self.kafka,
            registry_url=self.registry_url,
            table=CompactedTable(self.kafka, self.table_topic),
            schemas=Schemas(RegistryClient(self.registry_url)),
            hub_key=HUB_KEY,
            letters=letters,
            copies=ProgressCopies(self.kafka, letters, every_s=0.2),
            metrics=metrics,
            tally=Tally(load_catalogue(self.folder), metrics),
            clock=clock,
            breakers=Breakers(clock),
            marks=Marks(self.kafka, letters),
            secret=SecretFiles(self.secrets).read,
            schedule=self.schedule,
            parked_events=self.parked_events,
            producers=OpenProducers(self.transactional_lanes, self.rest_after_s),
            permit=self.networks.permit,
        )
        if skewed:
            made.skew.hear = lambda *_told: None  # type: ignore[method-assign]
        return made

    @contextmanager
    def running(
        self, region: str = "43", instance: str | None = None, clock: Clock | None = None
    ) -> Iterator[tuple[WorkerLoop, Resources]]:
        """Run a worker of a region until the block ends; its lanes then finish their batch."""
        resources = self.resources(region, clock)
        loop = WorkerLoop(resources, watched_catalogue(self.folder), instance)
        stop = threading.Event()
        resources.table.start()
        resources.table.wait_loaded(1)
        thread = threading.Thread(target=loop.run, args=(stop,))
        thread.start()
        try:
            yield loop, resources
        finally:
            stop.set()
            resources.table.stop()  # fresh for as long as the lanes take to finish their batch
            thread.join(60)
            resources.close()


def worker_under_test(
    folder: Path, kafka: KafkaSettings, registry_url: str, unique: str, **contract: Any
) -> WorkerUnderTest:
    """Make a contract of its own, its topic, and a topic for its agreements."""
    schemas = contract_folder(folder, f"demo.{unique}", **contract)
    made = load_catalogue(schemas).contract(f"demo.{unique}")
    table_topic = f"{unique}.agreement"
    with Topics(kafka) as topics:
        topics.ensure(
            [
                *internal_topics(),
                TopicSpec(made.topic(), made.partitions),
                TopicSpec(table_topic, 1, COMPACTED),
            ]
        )
    return WorkerUnderTest(kafka, registry_url, made, schemas, table_topic)

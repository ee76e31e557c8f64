"""What the lanes of a worker share: clients of its hub's Kafka and registry, metrics, keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lingqu.admission.region import RegionScope
from lingqu.agreements.state import AgreementState
from lingqu.clock import Clock
from lingqu.connect.api import anywhere
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.progress import Progress, copy_key
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.table import CompactedTable
from lingqu.kafka.topics import PROGRESS_TOPIC
from lingqu.kafka.transaction import read_progress
from lingqu.metrics import Metrics
from lingqu.quality import Tally
from lingqu.sealing import HubKey
from lingqu.wire.registry import RegistryClient
from lingqu_worker.breaker import Breakers
from lingqu_worker.clock_skew import ClockSkew
from lingqu_worker.feed import FeedStage
from lingqu_worker.marks import Marks
from lingqu_worker.open_producers import OpenProducers
from lingqu_worker.pace import Pace
from lingqu_worker.retry import Schedule
from lingqu_worker.schemas import Schemas
from lingqu_worker.source_topic import SharedTopics, SourceTopic
from lingqu_worker.throttle import Throttles

_COPY_EVERY_S = 5.0
_REGISTRY_TIMEOUT_S = 5.0


class ProgressCopies:
    """The hub's copy of progress that lies at partners, by which a target that lost it is found.

    Written at most every 5 s a lane and not waited for: a copy is never ahead of what it copies.
    Keys are those of lanes (`progress_key`).
    """

    def __init__(
        self, kafka: KafkaSettings, producer: BulkProducer, every_s: float = _COPY_EVERY_S
    ) -> None:
        self._kafka = kafka
        self._producer = producer
        self._every_s = every_s
        self._written_at: dict[bytes, float] = {}
        self._written: dict[bytes, int] = {}

    def note(self, key: bytes, progress: Progress, *, before: bool = False) -> None:
        """Copy the progress unless that was done a moment ago.

        What is noted `before` a batch, or at rest, does not keep the copy after it waiting.
        """
        if self._written.get(key) == progress.next_offset:
            return
        now = time.monotonic()
        if now - self._written_at.get(key, -self._every_s) >= self._every_s:
            if not before:
                self._written_at[key] = now
            self._written[key] = progress.next_offset
            self._producer.produce(PROGRESS_TOPIC, progress.encode(), copy_key(key))

    def replace(self, key: bytes, progress: Progress) -> None:
        """Put another copy in place of the last one, and return when it is durable."""
        self._written.pop(key, None)
        self._producer.deliver(PROGRESS_TOPIC, [(copy_key(key), progress.encode())])

    def last(self, key: bytes) -> Progress | None:
        """Return the newest copy."""
        value = read_progress(self._kafka, copy_key(key))
        return Progress.decode(value) if value is not None else None


@dataclass(slots=True)
class Resources:
    """Made once by the composition; all members may be used from any lane's thread."""

    region: str
    own: RegionScope
    environment: str
    kafka: KafkaSettings
    registry_url: str
    table: CompactedTable
    schemas: Schemas
    hub_key: HubKey
    letters: BulkProducer
    copies: ProgressCopies
    metrics: Metrics
    tally: Tally
    clock: Clock
    breakers: Breakers
    marks: Marks
    secret: Callable[[str], str]
    schedule: Schedule = field(default_factory=Schedule)
    parked_events: int = 10_000
    producers: OpenProducers = field(default_factory=OpenProducers)
    permit: Callable[[str], None] = anywhere
    skew: ClockSkew = field(init=False)
    throttles: Throttles = field(init=False)
    _partners_schemas: dict[str, Schemas] = field(default_factory=dict)
    _clusters: dict[KafkaSettings, SharedTopics] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.skew = ClockSkew(self.clock, self.kafka.bootstrap_servers)
        self.throttles = Throttles(self.clock, self.metrics)

    def source_topic(self, name: str, feed: str, kafka: KafkaSettings | None = None) -> SourceTopic:
        """Return a topic that a feed reads, on the hub's own cluster unless another is named."""
        address = kafka or self.kafka
        if address not in self._clusters:
            self._clusters[address] = SharedTopics(address)
        return SourceTopic(name, feed, self._clusters[address])

    def pace(self, state: AgreementState) -> Pace:
        """Return how often a lane of the feed calls its recipient."""
        breaker = self.breakers.of(state.recipient.partner, state.delivery.connector)
        return Pace(breaker, self.throttles.of(state), self.clock)

    def stage(self, state: AgreementState) -> FeedStage:
        """Return filter and view of an agreement version, with its partner's pseudonym key."""
        key = self.hub_key.open(state.pseudonym_key, state.pseudonym_context)
        return FeedStage(state, self.own, self.schemas, key, self.metrics)

    def schemas_at(self, registry_url: str | None) -> Schemas:
        """Return the schemas of a partner's registry, or the hub's own where none is named."""
        if registry_url is None:
            return self.schemas
        if registry_url not in self._partners_schemas:
            self._partners_schemas[registry_url] = Schemas(
                RegistryClient(registry_url, permit=self.permit)
            )
        return self._partners_schemas[registry_url]

    def register_schema(self, registry_url: str, subject: str, schema: str) -> int:
        """Return the id that a partner's registry gives a derived schema."""
        client = RegistryClient(registry_url, timeout_s=_REGISTRY_TIMEOUT_S, permit=self.permit)
        with client as registry:
            return registry.register(subject, schema)

    def close(self) -> None:
        """Let the shared clients go."""
        self.letters.close()
        for schemas in (self.schemas, *self._partners_schemas.values()):
            schemas.close()
        for topics in self._clusters.values():
            topics.close()

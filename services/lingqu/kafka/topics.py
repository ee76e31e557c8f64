"""Topics of a cluster: made as contracts say, looked up with the facts that order depends on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kafka import IsolationLevel, KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.protocol.api_key import ApiKey

from lingqu.closing import Closing
from lingqu.errors import NotFoundError, UnavailableError
from lingqu.kafka.knock import knock
from lingqu.kafka.settings import KafkaSettings

AGREEMENT_TOPIC = "lingqu.agreement.v1"
PROGRESS_TOPIC = "lingqu.progress.v1"
PARKED_TOPIC = "lingqu.parked.v1"
DEAD_LETTER_TOPIC = "lingqu.dlt.v1"
EVIDENCE_TOPIC = "lingqu.evidence.v1"
QUALITY_TOPIC = "lingqu.quality.v1"

# By its requests a broker is known to be of 3.7 or later, the first to verify all of them.
_FETCH_OF_3_7 = 16

_LOOK_AGAIN_S = 0.05
_A_DAY_MS = 86_400_000
_THIRTY_DAYS_MS = 30 * _A_DAY_MS

# Small segments: compaction spares the active one, so its size bounds how much a start must read.
COMPACTED = {
    "cleanup.policy": "compact",
    "segment.bytes": str(8 * 1024 * 1024),
    "segment.ms": "600000",
    "min.cleanable.dirty.ratio": "0.2",
    "max.compaction.lag.ms": "3600000",
}


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it shall be; `config` holds Kafka's own topic settings."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)
    replication: int = -1


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic as it is. A re-created topic has another `topic_id` under the same name (KIP-516)."""

    name: str
    topic_id: str
    partitions: int
    retention_ms: int
    max_message_bytes: int = 1_048_588


@dataclass(frozen=True, slots=True)
class Shape:
    """Which topic bears a name now, and how many partitions it has."""

    topic_id: str
    partitions: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """The offsets that a partition holds: from the oldest kept record to the committed end."""

    oldest: int
    end: int


def progress_spec() -> TopicSpec:
    """Return `lingqu.progress.v1`, which every cluster that a lane commits on needs.

    The broker dates its records: by that a worker knows the broker's clock.
    """
    dated = {"message.timestamp.type": "LogAppendTime"}
    return TopicSpec(PROGRESS_TOPIC, 6, {**COMPACTED, **dated})


def kept_for(retention_ms: int) -> dict[str, str]:
    """Return the settings of a topic whose records go when they are that old, none before.

    Kafka deletes a segment as a whole, once its last record is old enough: with thirty segments a
    retention, what has to go stays a thirtieth longer at most, and not a week (segment.ms).
    """
    segment_ms = min(retention_ms // 30, 7 * _A_DAY_MS)
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(retention_ms),
        "segment.ms": str(segment_ms),
    }


def internal_topics() -> list[TopicSpec]:
    """Return the hub's own topics, with partition counts that hold for life."""
    kept = kept_for(_THIRTY_DAYS_MS)
    sealed = {"max.message.bytes": str(2 * 1024 * 1024)}  # a sealed event takes a third more
    return [
        TopicSpec(AGREEMENT_TOPIC, 1, COMPACTED),
        progress_spec(),
        TopicSpec(PARKED_TOPIC, 6, {**COMPACTED, **sealed}),
        TopicSpec(DEAD_LETTER_TOPIC, 6, {**kept, **sealed}),
        TopicSpec(EVIDENCE_TOPIC, 6, kept),
        TopicSpec(QUALITY_TOPIC, 6, kept),
    ]


class Topics(Closing):
    """An admin connection to one cluster; a context manager."""

    def __init__(self, settings: KafkaSettings, *, timeout_s: float = 10) -> None:
        self._timeout_ms = int(timeout_s * 1000)
        self._address = settings.bootstrap_servers
        try:
            knock(settings.bootstrap_servers)
            self._admin = KafkaAdminClient(
                **settings.for_kafka_python(),
                client_id="lingqu-topics",
                request_timeout_ms=self._timeout_ms,
                bootstrap_timeout_ms=self._timeout_ms,
            )
        except (KafkaError, OSError) as error:
            raise self._unavailable(error) from error

    def brokers(self) -> list[str]:
        """Return where the cluster says that its brokers are, as host:port."""
        told = self._call(self._admin.describe_cluster)
        return [f"{broker['host']}:{broker['port']}" for broker in told["brokers"]]

    def names(self) -> set[str]:
        """Return the names of all topics that can be seen."""
        return set(self._call(self._admin.list_topics))

    def ensure(self, specs: Iterable[TopicSpec]) -> list[str]:
        """Create what is missing and return its names; topics that exist are left as they are."""
        there = self.names()
        missing = {spec.name: spec for spec in specs if spec.name not in there}
        for spec in missing.values():
            self._create(spec)
        return sorted(missing)

    def facts(self, name: str) -> TopicFacts:
        """Return id, partition count and retention, or raise NotFoundError."""
        found = self.facts_of([name])
        if name not in found:
            raise self._absent(name)
        return found[name]

    def facts_of(self, names: Iterable[str]) -> dict[str, TopicFacts]:
        """Return the facts of those topics that are there."""
        described = self._call(self._admin.describe_topics, list(names))
        there = [each for each in described if not each["error_code"]]
        asked = [ConfigResource(ConfigResourceType.TOPIC, each["name"]) for each in there]
        told = self._call(self._admin.describe_configs, asked, config_filter="all") if asked else {}
        return {each["name"]: _facts(each, told["topic"][each["name"]]) for each in there}

    def topic_id(self, name: str) -> str:
        """Return the id alone, or raise NotFoundError."""
        return str(self._described(name)["topic_id"])

    def shapes(self, names: Iterable[str]) -> dict[str, Shape]:
        """Return the shapes of those topics that are there."""
        described = self._call(self._admin.describe_topics, list(names))
        return {
            each["name"]: Shape(str(each["topic_id"]), len(each["partitions"]))
            for each in described
            if not each["error_code"]
        }

    def grow(self, name: str, partitions: int) -> None:
        """Add partitions until there are so many; return when the cluster shows them."""
        there = len(self._described(name)["partitions"])
        if there < partitions:
            self._call(
                self._admin.create_partitions, {name: partitions}, timeout_ms=self._timeout_ms
            )
        deadline = time.monotonic() + self._timeout_ms / 1000
        while len(self._described(name)["partitions"]) < partitions:
            if time.monotonic() > deadline:
                raise UnavailableError(f"topic {name!r} does not show {partitions} partitions yet")
            time.sleep(_LOOK_AGAIN_S)

    def bounds_of(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Bounds]:
        """Return which offsets of partitions, by topic and number, can be read committed now."""
        asked = {place: TopicPartition(*place) for place in places}
        oldest, ends = (
            self._call(
                self._admin.list_partition_offsets,
                dict.fromkeys(asked.values(), spec),
                isolation_level=level,
            )
            for spec, level in (
                (OffsetSpec.EARLIEST, IsolationLevel.READ_UNCOMMITTED),
                (OffsetSpec.LATEST, IsolationLevel.READ_COMMITTED),
            )
        )
        return {
            place: Bounds(int(oldest[at].offset), int(ends[at].offset))
            for place, at in asked.items()
        }

    def newest(self, name: str) -> datetime | None:
        """Return the latest time of any record that the topic holds (KIP-734), None for none."""
        count = len(self._described(name)["partitions"])
        wanted = {TopicPartition(name, number): OffsetSpec.MAX_TIMESTAMP for number in range(count)}
        found = self._call(self._admin.list_partition_offsets, wanted)
        latest_ms = max(int(each.timestamp) for each in found.values())
        return datetime.fromtimestamp(latest_ms / 1000, UTC) if latest_ms >= 0 else None

    def verifies_transactions(self) -> bool:
        """Say whether brokers refuse what comes late of a transaction that is over (KIP-890)."""
        _, fetch = self._call(self._admin.api_versions)[ApiKey.Fetch]
        return bool(fetch >= _FETCH_OF_3_7)

    def close(self) -> None:
        self._admin.close()

    def _described(self, name: str) -> Any:
        described = self._call(self._admin.describe_topics, [name])[0]
        if described["error_code"]:
            raise self._absent(name)
        return described

    def _absent(self, name: str) -> NotFoundError:
        return NotFoundError(f"topic {name!r} does not exist on {self._address}")

    def _create(self, spec: TopicSpec) -> None:
        options = {
            "num_partitions": spec.partitions,
            "replication_factor": spec.replication,
            "configs": dict(spec.config),
        }
        try:
            self._call(
                self._admin.create_topics,
                {spec.name: options},
                timeout_ms=self._timeout_ms,
                wait_for_metadata=True,
            )
        except TopicAlreadyExistsError:
            return  # another process of this hub was quicker

    def _call(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except TopicAlreadyExistsError:
            raise
        except (KafkaError, OSError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> UnavailableError:
        return UnavailableError(
            f"Kafka at {self._address} does not answer ({type(error).__name__}); "
            "is the broker up and the address right?"
        )


def _facts(described: Mapping[str, Any], configs: Mapping[str, Any]) -> TopicFacts:
    values = {key: entry["value"] for key, entry in configs.items()}
    return TopicFacts(
        described["name"],
        str(described["topic_id"]),
        len(described["partitions"]),
        int(values.get("retention.ms", -1)),
        int(values.get("max.message.bytes", 1_048_588)),
    )

"""What arrives at the target, watched from outside by the ends of its partitions."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from lingqu.kafka.settings import KafkaSettings

# The first tenth is warm-up: a JVM compiles, caches fill. Left out for the peer and for the hub.
WARM_UP = 0.1
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast events arrived once warm."""

    rate: float
    seconds: float


@dataclass(slots=True)
class Samples:
    """How much had arrived, and when."""

    _taken: list[tuple[float, int]] = field(default_factory=list)

    def note(self, found: int) -> int:
        """Remember the count when it has changed, and return it."""
        if not self._taken or found != self._taken[-1][1]:
            self._taken.append((time.perf_counter(), found))
        return found

    def pace(self, events: int) -> Pace:
        """Return the pace from the end of the warm-up to the last change seen."""
        last_at, last = self._taken[-1]
        warm_at, warm = next(each for each in self._taken if each[1] >= last * WARM_UP)
        seconds = last_at - warm_at
        return Pace(events * (1 - warm / last) / seconds, seconds)


class Counted(Protocol):
    """A target where arrivals are counted from outside."""

    def count(self) -> int:
        """Ask how many there are now, and remember when that changed."""
        ...

    def pace(self, events: int) -> Pace:
        """Return how fast they arrived once warm."""
        ...


@dataclass(slots=True)
class Arrivals:
    """Ends of one topic's partitions over time; transaction markers count as records there."""

    kafka: KafkaSettings
    topic: str
    partitions: int
    _samples: Samples = field(default_factory=Samples)
    _admin: AdminClient = field(init=False)

    def __post_init__(self) -> None:
        self._admin = AdminClient({**self.kafka.for_librdkafka(), "log_level": 3})

    def count(self) -> int:
        """Ask how many records there are now, and remember when that changed."""
        return self._samples.note(sum(self.ends().values()))

    def ends(self) -> dict[int, int]:
        """Return the end of each partition; all 0 while the topic is not there yet."""
        wanted = {
            TopicPartition(self.topic, n): OffsetSpec.latest() for n in range(self.partitions)
        }
        asked = self._admin.list_offsets(wanted, request_timeout=_TIMEOUT_S)
        try:
            return {part.partition: future.result().offset for part, future in asked.items()}
        except KafkaException:
            return dict.fromkeys(range(self.partitions), 0)

    def pace(self, events: int) -> Pace:
        """Return the pace from the end of the warm-up to the last change seen."""
        return self._samples.pace(events)

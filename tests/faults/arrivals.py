"""How much has arrived so far, counted cheaply; what it is, the checker says."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition

_SCAN_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Count:
    """Events that readers of both targets have got."""

    mirror: int = 0
    drop: int = 0


class Arrivals:
    """Follows the target topic as its partner would, and the folder by the names of manifests."""

    def __init__(self, bootstrap: str, topic: str, partitions: int, folder: Path) -> None:
        self._reader = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "fault-arrivals",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "reconnect.backoff.max.ms": 500,
                "log_level": 0,
            }
        )
        self._reader.assign([TopicPartition(topic, number, 0) for number in range(partitions)])
        self._folder = folder
        self._mirror = self._drop = 0
        self._scanned_at = 0.0

    def poll(self, timeout_s: float) -> Count:
        """Return the counts after looking for at most that long."""
        messages = self._reader.consume(20_000, timeout_s)
        self._mirror += sum(message.error() is None for message in messages)
        if time.monotonic() - self._scanned_at > _SCAN_EVERY_S:
            self._scanned_at = time.monotonic()
            self._drop = sum(_events(path.name) for path in self._folder.glob("*.manifest.json"))
        return Count(self._mirror, self._drop)

    def close(self) -> None:
        self._reader.close()


def _events(manifest: str) -> int:
    """Return how many events a manifest of that name stands for."""
    first, last = manifest.split(".")[-4].rpartition("/")[2].split("-")[-2:]
    return int(last) - int(first) + 1

"""How far an inlet's lanes are behind their topic: in records there to be read, and in time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from confluent_kafka import (
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaException,
    Message,
    TopicPartition,
)

from lingqu_worker.lane_thread import LaneStatus


@dataclass(frozen=True, slots=True)
class Behind:
    """Records that are not dealt with, and the broker's time of the oldest one that was read.

    None where nothing is left of what was read, or no lane knows yet where it is.
    """

    events: int = 0
    oldest_ms: int | None = None


class Lag:
    """Counts what is not dealt with yet; a topic that was read to its end has nothing unread.

    Offsets alone cannot say so: the markers that end each transaction take offsets too, so that the
    last record of a topic never stands right before its end.
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._handed: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._runs: dict[int, deque[tuple[int, int]]] = {}

    def handed(self, run: Sequence[Message]) -> None:
        """Note that a lane was given these records, all of its partition."""
        partition, end = int(run[0].partition()), int(run[-1].offset()) + 1
        self._handed[partition] = end
        self._ends.pop(partition, None)
        runs = self._runs.setdefault(partition, deque())
        if runs and run[0].offset() < runs[-1][0]:
            runs.clear()  # read again
        kind, first_ms = run[0].timestamp()
        if kind != TIMESTAMP_NOT_AVAILABLE:
            runs.append((end, int(first_ms)))

    def ended(self, partition: int, offset: int) -> None:
        """Note that the partition was read to its end, which is at this offset."""
        self._ends[partition] = offset

    def moved(self, partition: int) -> None:
        """Forget a partition that is read from elsewhere now."""
        self._handed.pop(partition, None)
        self._ends.pop(partition, None)
        self._runs.pop(partition, None)

    def of(self, consumer: Consumer, statuses: Iterable[LaneStatus]) -> Behind:
        """Return the lag of all lanes, by what the client last heard of their partitions' ends."""
        lanes = list(statuses)
        waiting = [since for lane in lanes if (since := self._oldest_ms(lane)) is not None]
        events = sum(self._behind(consumer, lane) for lane in lanes)
        return Behind(events, min(waiting, default=None))

    def _oldest_ms(self, status: LaneStatus) -> int | None:
        """Return when the run was published in which the lane stands; its first record's time."""
        runs = self._runs.get(status.partition)
        if not runs or status.next_offset is None:
            return None
        while runs and runs[0][0] <= status.next_offset:
            runs.popleft()
        return runs[0][1] if runs else None

    def _behind(self, consumer: Consumer, status: LaneStatus) -> int:
        at = TopicPartition(self._topic, status.partition)
        try:
            low, high = consumer.get_watermark_offsets(at, timeout=1, cached=True)
        except KafkaException:
            return 0
        done = int(low if status.next_offset is None else status.next_offset)
        if self._ends.get(status.partition) == high:
            return max(0, self._handed.get(status.partition, done) - done)
        return max(0, int(high) - done)

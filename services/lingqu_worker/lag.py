"""How far an inlet's lanes are behind their topic, in records that are there to be read."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaException, TopicPartition

from lingqu_worker.lane_thread import LaneStatus


class Lag:
    """Counts what is not dealt with yet; a topic that was read to its end has nothing unread.

    Offsets alone cannot say so: the markers that end each transaction take offsets too, so that the
    last record of a topic never stands right before its end.
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._handed: dict[int, int] = {}
        self._ends: dict[int, int] = {}

    def handed(self, partition: int, next_offset: int) -> None:
        """Note that a lane was given the records below this offset."""
        self._handed[partition] = next_offset
        self._ends.pop(partition, None)

    def ended(self, partition: int, offset: int) -> None:
        """Note that the partition was read to its end, which is at this offset."""
        self._ends[partition] = offset

    def moved(self, partition: int) -> None:
        """Forget a partition that is read from elsewhere now."""
        self._handed.pop(partition, None)
        self._ends.pop(partition, None)

    def of(self, consumer: Consumer, statuses: Iterable[LaneStatus]) -> int:
        """Return the lag of all lanes, by what the client last heard of their partitions' ends."""
        return sum(self._behind(consumer, status) for status in statuses)

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

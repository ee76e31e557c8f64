"""Reads known ranges of one partition, without a group: from where to where is said beforehand."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from lingqu.errors import PermanentError
from lingqu.kafka import bulk
from lingqu.kafka.fetching import TO_THE_END, wake
from lingqu.kafka.settings import KafkaSettings
from lingqu_worker.records import Records, of_messages

_TIMEOUT_S = 0.1

# So far apart it is quicker to seek than to read what lies between.
_GAP = 5_000

Range = tuple[int, int]


class RangeReader:
    """One consumer of one partition; `read_committed`, and an offset that is gone is an error."""

    def __init__(self, kafka: KafkaSettings, topic: str, partition: int) -> None:
        self._kafka = kafka
        self._topic = topic
        self._partition = partition
        self._consumer: Consumer | None = None

    def read(self, ranges: Sequence[Range], most: int, stop: threading.Event) -> Iterator[Records]:
        """Yield the records of the ranges, `most` at a time, until their end or until stopped."""
        consumer = self._consumer or self._opened()
        for first, end in ranges:
            if first < end and not stop.is_set():
                consumer.assign([TopicPartition(self._topic, self._partition, first)])
                wake(consumer, self._topic, [self._partition])
                yield from self._range(consumer, end, most, stop)

    def offset_at(self, moment_ms: int, otherwise: int) -> int:
        """Return the offset of the first record of that time or later."""
        consumer = self._consumer or self._opened()
        asked = TopicPartition(self._topic, self._partition, moment_ms)
        try:
            (found,) = consumer.offsets_for_times([asked], timeout=15)
        except KafkaException as error:
            raise bulk.translate(error, f"asking {self._topic!r} for a time") from error
        return int(found.offset) if found.offset >= 0 else otherwise

    def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close()

    def _opened(self) -> Consumer:
        self._consumer = bulk.consumer(self._kafka, "lingqu-orders", **TO_THE_END)
        return self._consumer

    def _range(
        self, consumer: Consumer, end: int, most: int, stop: threading.Event
    ) -> Iterator[Records]:
        over = False
        while not over and not stop.is_set():
            run: list[Message] = []
            for message in consumer.consume(most, _TIMEOUT_S):
                error = message.error()
                if error is not None:
                    over = over or self._ended(error, message, end)
                elif message.offset() < end:
                    run.append(message)
                else:
                    over = True
            if run:
                yield of_messages(run)

    def _ended(self, error: KafkaError, message: Message, end: int) -> bool:
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own name
            return bool(message.offset() >= end)
        if error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001
            raise PermanentError(
                f"topic {self._topic!r}, partition {self._partition}: events that the order means "
                "were deleted while it was carried out; cancel it, and order what is left"
            )
        if not error.retriable():
            raise bulk.translate(error, f"reading {self._topic!r}")
        return False


def ranges_of(offsets: Sequence[int]) -> list[Range]:
    """Return few ranges that hold all these offsets, which are in order."""
    found: list[Range] = []
    for offset in offsets:
        if found and offset - found[-1][1] < _GAP:
            found[-1] = (found[-1][0], offset + 1)
        else:
            found.append((offset, offset + 1))
    return found


def from_offset(ranges: Sequence[Range], offset: int) -> list[Range]:
    """Return what of the ranges lies at the offset or behind it."""
    return [(max(first, offset), end) for first, end in ranges if end > offset]

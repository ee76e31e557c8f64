"""A topic as a program that is not ours sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions
from tests.support.waiting import wait_until

from lingqu.kafka import bulk
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings


def end_offset(consumer: Consumer, part: TopicPartition) -> int:
    """Return where a partition ends; one of a topic just made may have no leader yet."""
    found: list[int] = []

    def is_told() -> bool:
        try:
            found.append(consumer.get_watermark_offsets(part, 10)[1])
        except KafkaException as error:
            if not error.args[0].retriable():
                raise
        return bool(found)

    wait_until(is_told)
    return found[0]


def writer(kafka: KafkaSettings) -> BulkProducer:
    """Return a producer that writes at once: an idempotent one waits half a second for its id."""
    return BulkProducer(kafka, **{"enable.idempotence": False})


@dataclass(frozen=True, slots=True)
class TopicReader:
    """Reads a whole topic, as a consumer of that isolation sees it now."""

    kafka: KafkaSettings
    topic: str
    isolation: str = "read_committed"

    def exists(self) -> bool:
        return self.topic in self._admin().list_topics(timeout=10).topics

    def read(self) -> list[Message]:
        # A fetch at the end is held for 500 ms else.
        with self._consumer({"fetch.wait.max.ms": 10}) as consumer:
            ends = {part.partition: end_offset(consumer, part) for part in consumer.assignment()}
            found: list[Message] = []
            # What is written meanwhile would keep a busy partition from ever ending.
            open_parts = set(ends)
            while open_parts:
                for message in consumer.consume(500, 0.02):
                    error, number = message.error(), message.partition()
                    if error is None and message.offset() < ends[number]:
                        found.append(message)
                    ended = error is not None and error.code() == KafkaError._PARTITION_EOF
                    if ended or (error is None and message.offset() >= ends[number] - 1):
                        open_parts.discard(number)
        return found

    def await_records(self, count: int) -> list[Message]:
        """Wait until the topic is there and holds that many, and return all it holds then."""
        wait_until(self.exists)
        seen = 0

        def all_there() -> bool:
            nonlocal seen
            messages = consumer.consume(1, 0.1)
            messages += consumer.consume(500, 0) if messages else []
            seen += sum(message.error() is None for message in messages)
            return seen >= count

        with self._consumer({}) as consumer:
            wait_until(all_there)
        return self.read()

    @contextmanager
    def _consumer(self, settings: dict[str, Any]) -> Iterator[Consumer]:
        """Lend a consumer that begins where the topic does."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.kafka.bootstrap_servers,
                "group.id": "topic-reader",
                "isolation.level": self.isolation,
                "enable.partition.eof": True,
                "enable.auto.commit": False,
                **bulk.AT_ONCE,
                **settings,
            }
        )
        try:
            there = consumer.list_topics(self.topic, timeout=10).topics[self.topic].partitions
            consumer.assign([TopicPartition(self.topic, number, 0) for number in there])
            yield consumer
        finally:
            consumer.close()

    def sequences(self) -> list[int]:
        """Return the `lq_seq` of all records, sorted; an event there twice is here twice."""
        return sorted(int(dict(message.headers())["lq_seq"]) for message in self.read())

    def partitions(self) -> int:
        metadata = self._admin().list_topics(self.topic, timeout=10).topics[self.topic]
        return len(metadata.partitions)

    def grow(self, partitions: int) -> None:
        admin = self._admin()
        for future in admin.create_partitions([NewPartitions(self.topic, partitions)]).values():
            future.result(10)

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.kafka.bootstrap_servers, **bulk.AT_ONCE})

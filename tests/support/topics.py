"""A topic as a program that is not ours sees it."""

from __future__ import annotations

from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions
from tests.support.waiting import wait_until

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


@dataclass(frozen=True, slots=True)
class TopicReader:
    """Reads a whole topic, as a consumer of that isolation sees it now."""

    kafka: KafkaSettings
    topic: str
    isolation: str = "read_committed"

    def read(self) -> list[Message]:
        consumer = Consumer(
            {
                "bootstrap.servers": self.kafka.bootstrap_servers,
                "group.id": "topic-reader",
                "isolation.level": self.isolation,
                "enable.partition.eof": True,
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 10,  # a fetch at the end is held for 500 ms else
            }
        )
        parts = [TopicPartition(self.topic, number, 0) for number in range(self.partitions())]
        ends = {part.partition: end_offset(consumer, part) for part in parts}
        consumer.assign(parts)
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
        consumer.close()
        return found

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
        return AdminClient({"bootstrap.servers": self.kafka.bootstrap_servers})

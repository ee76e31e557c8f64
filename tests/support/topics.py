"""A topic as a program that is not ours sees it."""

from __future__ import annotations

from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions

from lingqu.kafka.settings import KafkaSettings


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
            }
        )
        partitions = range(self.partitions())
        consumer.assign([TopicPartition(self.topic, number, 0) for number in partitions])
        found: list[Message] = []
        ended = 0
        while ended < len(partitions):
            for message in consumer.consume(500, 0.2):
                error = message.error()
                if error is None:
                    found.append(message)
                else:
                    ended += error.code() == KafkaError._PARTITION_EOF
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

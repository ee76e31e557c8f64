"""Numbered events that keep coming, and when each of them got to a partner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from confluent_kafka import Consumer, TopicPartition

from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES


@dataclass
class Stream:
    """Publishes event after event, twenty a second, until its block ends."""

    publish: Callable[[int], None]
    at: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @contextmanager
    def flowing(self) -> Iterator[Stream]:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        try:
            yield self
        finally:
            self.end()

    def end(self) -> None:
        """Return when the last one is published."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(30)

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self.publish(len(self.at))
            self.at.append(time.monotonic())


@dataclass
class Partner:
    """A partner's own consumer: the numbers that came, in order, and when."""

    kafka: KafkaSettings
    topic: str
    partitions: int
    codec: AvroCodec
    came: list[tuple[int, float]] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        return [number for number, _ in list(self.came)]

    def last_at(self) -> float:
        return max((at for _, at in list(self.came)), default=0.0)

    @contextmanager
    def listening(self) -> Iterator[Partner]:
        stop = threading.Event()
        thread = threading.Thread(target=self._run, args=(stop,))
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join(30)

    def _run(self, stop: threading.Event) -> None:
        consumer = Consumer(
            {
                "bootstrap.servers": self.kafka.bootstrap_servers,
                "group.id": f"partner-{self.topic}",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "topic.metadata.refresh.interval.ms": 500,
            }
        )
        consumer.assign([TopicPartition(self.topic, n, 0) for n in range(self.partitions)])
        while not stop.is_set():
            for message in consumer.consume(500, 0.1):
                if message.error() is None:
                    self._take(message.value() or b"")
        consumer.close()

    def _take(self, payload: bytes) -> None:
        (row,) = self.codec.decode_rows([payload[HEADER_BYTES:]])
        self.came.append((int(row["value"]), time.monotonic()))

"""librdkafka for the hot path: consume and produce in batches, with settings measured to matter."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer

from lingqu.errors import FencedError, LingquError, PermanentError, RetriableError, UnavailableError
from lingqu.kafka.settings import KafkaSettings

Headers = list[tuple[str, bytes]]

# By default a client connects when it first needs to, and its thread for the broker may not hear of
# that for up to a second; what depends on it is tried again only half a second later. Not for
# idempotent producers: they ask for their id the sooner, and before the connection is there.
AT_ONCE = {"enable.sparse.connections": False}

# The default consumer waits for fetches three quarters of the time; with these it does not. What is
# fetched ahead costs four times its bytes, so little is kept, and asked for as soon as it is used:
# by default librdkafka looks after a full queue only once a second.
_CONSUMER = {
    "queued.min.messages": 50_000,
    "queued.max.messages.kbytes": 32_768,
    "fetch.queue.backoff.ms": 5,
    "fetch.message.max.bytes": 2_000_000,
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "allow.auto.create.topics": False,
    "logger": logging.getLogger("librdkafka"),
}

# As much as a topic takes at its default limit (max.message.bytes), which counts whole batches.
BATCH_BYTES = 1_000_000

# Batches are as large as they may be, and nobody waits for linger: whoever produces flushes.
# murmur2_random is what the Java client and kafka-python do; librdkafka's own default is not.
_PRODUCER = {
    "acks": "all",
    "enable.idempotence": True,
    "partitioner": "murmur2_random",
    "linger.ms": 100,
    "batch.size": BATCH_BYTES,
    "batch.num.messages": 50_000,
    "queue.buffering.max.messages": 1_000_000,
    "queue.buffering.max.kbytes": 262_144,
    "message.max.bytes": 4_194_304,  # the topic's own limit decides
    "logger": logging.getLogger("librdkafka"),
}

_CONNECT_TIMEOUT_S = 1.0

_FLUSH_S, _AGAIN_S, _LONGEST_PAUSE_S = 0.02, 0.002, 0.1

_FENCED = {KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError.PRODUCER_FENCED}  # noqa: SLF001 - librdkafka's own names
_PERMANENT = {
    KafkaError.MSG_SIZE_TOO_LARGE,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    KafkaError.SASL_AUTHENTICATION_FAILED,
}


def translate(error: KafkaError | KafkaException, doing: str) -> LingquError:
    """Return our error for librdkafka's: fenced, permanent or worth another try."""
    cause = error.args[0] if isinstance(error, KafkaException) else error
    if cause.code() in _FENCED:
        return FencedError(f"{doing}: a newer owner has taken over ({cause.name()})")
    if cause.code() in _PERMANENT:
        return PermanentError(f"{doing}: {cause.str()} ({cause.name()})")
    if cause.code() in {KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT}:  # noqa: SLF001
        return UnavailableError(f"{doing}: the broker does not answer ({cause.name()})")
    return RetriableError(f"{doing}: {cause.str()} ({cause.name()})")


def consumer(settings: KafkaSettings, group: str, **overrides: Any) -> Consumer:
    """Return a consumer that never commits and never guesses an offset.

    Groups hand out partitions only; where a lane goes on is in its progress record.
    """
    return Consumer(
        {
            **settings.for_librdkafka(),
            **_CONSUMER,
            "group.id": group,
            "isolation.level": "read_committed",
            "auto.offset.reset": "error",
            "partition.assignment.strategy": "range",
            **overrides,
        }
    )


def producer(settings: KafkaSettings, **overrides: Any) -> Producer:
    """Return an idempotent producer, or a transactional one when given a `transactional.id`."""
    return Producer({**settings.for_librdkafka(), **_PRODUCER, **overrides})


def flush(producer: Producer, timeout_s: float) -> int:
    """Return how many records are not acknowledged when all are, or so much time is over.

    While an idempotent producer may send no more, for five batches in flight or a full connection,
    and is told to flush, librdkafka's thread asks without a pause whether it may: a whole core that
    the broker, slow as it is, may lack. So the producer is told so for moments only.
    """
    deadline = time.monotonic() + timeout_s
    pause = _AGAIN_S
    left = int(producer.flush(min(_FLUSH_S, timeout_s)))
    while left and (still := deadline - time.monotonic()) > 0:
        producer.poll(min(pause, still))
        left = int(producer.flush(_AGAIN_S))
        pause = min(2 * pause, _LONGEST_PAUSE_S)
    return left


class BulkProducer:
    """Produces many records and knows which were not acknowledged."""

    def __init__(self, settings: KafkaSettings, **overrides: Any) -> None:
        self._address = settings.bootstrap_servers
        self._failed: list[KafkaError] = []
        self._delivering = threading.Lock()
        self._connected = False
        reports = {"on_delivery": self._failed_one, "delivery.report.only.error": True}
        self._producer = producer(settings, **reports, **overrides)

    @property
    def raw(self) -> Producer:
        """The librdkafka producer, for a loop too hot for a call a record."""
        return self._producer

    def produce(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        headers: Headers | None = None,
        partition: int = -1,
    ) -> None:
        """Queue one record; blocks while the queue is full. PermanentError when too large."""
        while True:
            try:
                self._producer.produce(topic, value, key, partition, headers=headers)
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as error:
                raise translate(error, f"topic {topic!r} on {self._address}") from error
            else:
                return

    def flush(self, timeout_s: float = 30) -> None:
        """Return when everything queued is acknowledged; raise for what was not."""
        self._connect()
        try:
            left = flush(self._producer, timeout_s)
        except KafkaException as fatal:
            raise translate(fatal, f"Kafka at {self._address}") from fatal
        if self._failed:
            error, self._failed = self._failed[0], []
            raise translate(error, f"Kafka at {self._address}")
        if left:
            self._producer.purge()
            raise UnavailableError(
                f"Kafka at {self._address}: {left} records not acknowledged in {timeout_s:.0f} s"
            )

    def deliver(self, topic: str, records: Iterable[tuple[bytes | None, bytes | None]]) -> None:
        """Write records, key and value, and return when they are acknowledged.

        For threads that share the producer, one at a time: a failure must be heard by the caller
        whose record it was.
        """
        with self._delivering:
            for key, value in records:
                self.produce(topic, value, key)
            self.flush()

    def close(self) -> None:
        """Give up what is queued and close."""
        self._producer.purge()
        self._producer.flush(1)

    def _connect(self) -> None:
        """Wait a moment for the first connection: without one, librdkafka gets no producer id.

        It looks again only after half a second. A broker that is away is left to the flush.
        """
        if not self._connected:
            with suppress(KafkaException):
                self._producer.list_topics(timeout=_CONNECT_TIMEOUT_S)
            self._connected = True

    def _failed_one(self, error: KafkaError, _message: Message) -> None:
        self._failed.append(error)

"""What one has to know of how librdkafka fetches."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

# For who reads up to the end only: it is told by an answer without records, which the broker holds
# back half a second by default.
TO_THE_END = {"enable.partition.eof": True, "fetch.wait.max.ms": 10}

_MOST_EVENTS = 10_000
_WAKE_TIMEOUT_S = 1.0


def arrived(consumer: Consumer, patience_s: float) -> list[Message]:
    """Wait for one message only: the client waits for as many as it is asked for."""
    first: list[Message] = consumer.consume(1, patience_s)
    return first + consumer.consume(_MOST_EVENTS, 0) if first else first


def wake(consumer: Consumer, topic: str, resumed: Iterable[int]) -> None:
    """Have partitions fetched that were all resumed just now: ask their leaders something.

    The client's thread for a broker does not hear of it: it sleeps for up to a second, unless there
    is something to send.
    """
    for number in resumed:
        with suppress(KafkaException):
            consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=_WAKE_TIMEOUT_S)

"""What stands on one partition of a compacted topic, as committed by now."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from lingqu.errors import UnavailableError
from lingqu.kafka import bulk
from lingqu.kafka.settings import KafkaSettings

_TIMEOUT_S = 60.0
_GROUP = "lingqu-progress"


def latest_values(
    settings: KafkaSettings, topic: str, partition: int, wanted: Callable[[bytes], bool]
) -> dict[bytes, bytes]:
    """Return the newest committed value of each wanted key; deleted keys are not there.

    Reads `read_committed` up to the *uncommitted* high watermark: stopping at the first end of the
    partition returned stale values while another lane's transaction was open.
    """
    place = TopicPartition(topic, partition)
    unread = {
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "fetch.wait.max.ms": 10,  # the end is told by an answer without records
    }
    reader = bulk.consumer(settings, _GROUP, **unread)
    peek = bulk.consumer(settings, _GROUP, **{"isolation.level": "read_uncommitted"})
    try:
        low, end = peek.get_watermark_offsets(place, timeout=15)
        if end == low:
            return {}
        reader.assign([TopicPartition(topic, partition, low)])
        return _read_to(end, reader, topic, wanted)
    except KafkaException as error:
        doing = f"reading {topic} on {settings.bootstrap_servers}"
        raise bulk.translate(error, doing) from error
    finally:
        peek.close()
        reader.close()


def _read_to(
    end: int, reader: Any, topic: str, wanted: Callable[[bytes], bool]
) -> dict[bytes, bytes]:
    """Read to `end`; position stops short of trailing markers, the end event does not."""
    found: dict[bytes, bytes] = {}
    deadline = time.monotonic() + _TIMEOUT_S
    while time.monotonic() < deadline:
        for message in reader.consume(1_000, 0.05):  # waits out its time unless it gets them all
            error = message.error()
            if error is None:
                _take(message.key() or b"", message.value(), wanted, found)
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own name
                if message.offset() >= end:
                    return found
            elif not error.retriable():
                raise KafkaException(error)
    raise UnavailableError(
        f"{topic} could not be read to its end at {end}; is a transaction hanging?"
    )


def _take(
    key: bytes, value: bytes | None, wanted: Callable[[bytes], bool], found: dict[bytes, bytes]
) -> None:
    if not wanted(key):
        return
    if value is None:
        found.pop(key, None)
    else:
        found[key] = value

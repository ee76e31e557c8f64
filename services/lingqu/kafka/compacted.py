"""What stands on one partition of a compacted topic, as committed by now."""

from __future__ import annotations

import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from lingqu.errors import UnavailableError
from lingqu.kafka import bulk
from lingqu.kafka.fetching import TO_THE_END, arrived
from lingqu.kafka.settings import KafkaSettings

_ANSWER_TIMEOUT_S = 15.0
_TIMEOUT_S = 60.0
_GROUP = "lingqu-progress"


def latest_values(
    settings: KafkaSettings, topic: str, partition: int, wanted: Callable[[bytes], bool]
) -> dict[bytes, bytes]:
    """Return the newest committed value of each wanted key; deleted keys are not there.

    Reads `read_committed` up to the *uncommitted* high watermark: stopping at the first end of the
    partition returned stale values while another lane's transaction was open. One consumer does it,
    and asks nothing but for records: what else it asks may wait up to a second for its connection.
    """
    place = TopicPartition(topic, partition, 0)
    reader = bulk.consumer(settings, _GROUP, **TO_THE_END, **{"auto.offset.reset": "earliest"})
    try:
        reader.assign([place])
        return _read_to_end(reader, place, wanted)
    except KafkaException as error:
        doing = f"reading {topic} on {settings.bootstrap_servers}"
        raise bulk.translate(error, doing) from error
    finally:
        reader.close()


def _read_to_end(
    reader: Consumer, place: TopicPartition, wanted: Callable[[bytes], bool]
) -> dict[bytes, bytes]:
    """Read to the end that the first answer told, which is younger than the call.

    The position stops short of trailing markers, the end event does not.
    """
    found: dict[bytes, bytes] = {}
    end: int | None = None
    deadline = time.monotonic() + _ANSWER_TIMEOUT_S
    while time.monotonic() < deadline:
        for message in arrived(reader, 0.05):
            error = message.error()
            at_end = error is not None and error.code() == KafkaError._PARTITION_EOF  # noqa: SLF001 - librdkafka's own name
            if error is not None and not at_end:
                if not error.retriable():
                    raise KafkaException(error)
                continue
            if end is None:
                _, end = reader.get_watermark_offsets(place, cached=True)
                deadline = time.monotonic() + _TIMEOUT_S
            if not at_end:
                _take(message.key() or b"", message.value(), wanted, found)
            elif message.offset() >= end:
                return found
    if end is None:
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001
    raise UnavailableError(
        f"{place.topic} could not be read to its end at {end}; is a transaction hanging?"
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

"""Which events stand on a topic already, so that what comes again is not published again."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from lingqu.admission import EncodedRow
from lingqu.errors import Reason, UnavailableError
from lingqu.kafka import bulk
from lingqu.kafka.fetching import TO_THE_END, arrived, wake
from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.framing import HEADER_BYTES

_TIMEOUT_S = 60.0
_CONTRADICTION = Reason(
    "rejected", "another event of this event_id was published before, with another content"
)

# The envelope begins with the id: its length as Avro writes it, then 36 characters.
_ID_BEGINS = HEADER_BYTES + 1
_ID_ENDS = _ID_BEGINS + 36
_LENGTH = 72


@dataclass(frozen=True, slots=True)
class Sorted:
    """Admitted rows: new ones, how many came again, and those that contradict an event's id."""

    fresh: Sequence[EncodedRow]
    repeats: int
    contradictions: Mapping[int, Reason]


class KnownEvents:
    """The last events of one topic, by id and content; older ones are forgotten."""

    def __init__(self, limit: int = 100_000) -> None:
        self._limit = limit
        self._known: dict[int, bytes] = {}

    def read(self, kafka: KafkaSettings, topic: str, partitions: int) -> None:
        """Know what stands at the ends of the topic's partitions."""
        reader = bulk.consumer(kafka, "lingqu-known", **TO_THE_END)
        try:
            ends = _ends(reader, topic, partitions)
            share = self._limit // partitions
            places = [TopicPartition(topic, n, max(low, high - share)) for n, low, high in ends]
            reader.assign(places)
            wake(reader, topic, range(partitions))
            self._read_to_the_ends(reader, topic, len(places))
        except KafkaException as error:
            raise bulk.translate(error, f"reading {topic} on {kafka.bootstrap_servers}") from error
        finally:
            reader.close()

    def sort(self, rows: Sequence[EncodedRow]) -> Sorted:
        """Tell apart what is new, here and on the topic."""
        fresh: dict[int, EncodedRow] = {}
        digests: dict[int, bytes] = {}
        contradictions: dict[int, Reason] = {}
        repeats = 0
        for row in rows:
            name, digest = uuid.UUID(row.event_id).int, _digest(row.payload)
            known = self._known.get(name) or digests.setdefault(name, digest)
            if known != digest:
                contradictions[row.index] = _CONTRADICTION
            elif name in self._known or name in fresh:
                repeats += 1
            else:
                fresh[name] = row
        return Sorted(list(fresh.values()), repeats, contradictions)

    def add(self, rows: Sequence[EncodedRow]) -> None:
        """Know what has been published."""
        for row in rows:
            self._keep(row.payload)

    def _keep(self, payload: bytes) -> None:
        if len(payload) < _ID_ENDS or payload[HEADER_BYTES] != _LENGTH:
            return
        name = uuid.UUID(payload[_ID_BEGINS:_ID_ENDS].decode("ascii")).int
        self._known[name] = _digest(payload)
        if len(self._known) > self._limit:
            del self._known[next(iter(self._known))]

    def _read_to_the_ends(self, reader: Any, topic: str, partitions: int) -> None:
        ended: set[int] = set()
        deadline = time.monotonic() + _TIMEOUT_S
        while len(ended) < partitions:
            if time.monotonic() > deadline:
                raise UnavailableError(f"{topic} could not be read to its ends; is Kafka well?")
            for message in arrived(reader, 0.1):
                if message.error() is None:
                    self._keep(message.value() or b"")
                else:
                    ended |= _ended(message)


def _ends(reader: Any, topic: str, partitions: int) -> list[tuple[int, int, int]]:
    return [
        (number, *reader.get_watermark_offsets(TopicPartition(topic, number), timeout=15))
        for number in range(partitions)
    ]


def _ended(message: Message) -> set[int]:
    error = message.error()
    if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own name
        return {message.partition()}
    if error.retriable():
        return set()
    raise KafkaException(error)


def _digest(payload: bytes) -> bytes:
    """Return what two payloads of one content share, whatever their schema ids."""
    return hashlib.blake2b(payload[HEADER_BYTES:], digest_size=8).digest()

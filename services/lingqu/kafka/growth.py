"""A topic that grows: who writes to it begins anew, and each old partition has a barrier."""

from __future__ import annotations

import time
from collections.abc import Collection

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from lingqu.errors import UnavailableError
from lingqu.kafka import bulk
from lingqu.kafka.fetching import TO_THE_END, arrived
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Bounds, Topics
from lingqu.kafka.transaction import fence

_GROUP = "lingqu-growth"
_TIMEOUT_S = 60.0
# The last event of a partition is among the last offsets, but for what was aborted and for markers.
_WIDTHS = (1_000, 100_000)


class Growth(Topics):
    """An admin connection by which a topic gets more partitions, in three steps.

    Whoever has the old number of partitions in mind would go on to write keys where they were. So
    writers are fenced once the partitions are there: each opens anew, and finds them. What they
    wrote before is then complete, and ends at the barrier.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        super().__init__(settings)
        self._settings = settings

    def fence_writers(self, prefixes: Collection[str]) -> list[str]:
        """Fence each transactional id that begins with one of these; return which those were."""
        listed = self._call(self._admin.list_transactions)
        told = {each.transactional_id for of_one in listed.values() for each in of_one}
        ids = sorted(each for each in told if each.startswith(tuple(prefixes)))
        for each in ids:
            fence(self._settings, each)
        return ids

    def barrier(self, topic: str, partitions: int) -> list[int]:
        """Return for each partition the offset behind its last committed event, 0 without one."""
        bounds = self.bounds_of((topic, number) for number in range(partitions))
        reader = bulk.consumer(self._settings, _GROUP, **TO_THE_END)
        try:
            return [_end(reader, topic, number, at) for (_, number), at in bounds.items()]
        except KafkaException as error:
            raise bulk.translate(error, f"reading the ends of {topic!r}") from error
        finally:
            reader.close()


def _end(reader: Consumer, topic: str, partition: int, bounds: Bounds) -> int:
    starts = [bounds.end - width for width in _WIDTHS if bounds.end - width > bounds.oldest]
    for start in (*starts, bounds.oldest):
        found = _last(reader, TopicPartition(topic, partition, start))
        if found is not None:
            return found + 1
    return 0


def _last(reader: Consumer, place: TopicPartition) -> int | None:
    """Return the offset of the last committed event from there on."""
    last: int | None = None
    reader.assign([place])
    deadline = time.monotonic() + _TIMEOUT_S
    while time.monotonic() < deadline:
        for message in arrived(reader, 0.05):
            error = message.error()
            if error is None:
                last = message.offset()
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own name
                return last
            elif not error.retriable():
                raise KafkaException(error)
    raise UnavailableError(f"{place.topic} could not be read to its end; is a transaction hanging?")

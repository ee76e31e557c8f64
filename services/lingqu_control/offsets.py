"""Offsets of feeds: how far each lane is, and altering that while the feed is stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lingqu.errors import InputError
from lingqu.kafka.progress import Progress, copy_key, progress_key
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.transaction import read_progress
from lingqu_control.hub import Hub
from lingqu_control.records import Records

# In an order: where a partition begins.
TO_THE_BEGINNING = -1


class NotStoppedError(InputError):
    """Offsets are altered only while nothing else moves them (KIP-875)."""

    status = 400

    def __init__(self, feed: str) -> None:
        super().__init__(
            f"feed {feed!r} is not stopped, and would write its offsets over yours; stop it first"
            f" (PUT /connectors/{feed}/stop, lingqu feed stop {feed})"
        )


@dataclass(frozen=True, slots=True)
class LaneOffset:
    """How far one lane of a feed is: the next offset of its topic and the next number."""

    topic: str
    partition: int
    next_offset: int
    next_sequence: int


def lane_offsets(
    records: Records, hub: Hub, kafka: KafkaSettings, feed_id: str
) -> list[LaneOffset]:
    """Return how far the lanes of a feed that goes out are, as last heard; up to 5 s ago."""
    feed = records.feed(feed_id)
    row = records.effective(feed.agreement_id)
    topic = records.topic(row)
    numbers = range(records.lanes(row))
    keys = [copy_key(progress_key(hub.region, feed_id, topic, number)) for number in numbers]
    with ThreadPoolExecutor(len(keys)) as pool:
        found = list(pool.map(lambda key: read_progress(kafka, key), keys))
    return [
        LaneOffset(topic, number, progress.next_offset, progress.next_sequence)
        for number, value in zip(numbers, found, strict=True)
        if value is not None
        for progress in [Progress.decode(value)]
    ]


def altered(
    records: Records, feed_id: str, asked: Sequence[tuple[str, int, int | None]]
) -> Mapping[str, int]:
    """Return what an order on offsets says, of topic, partition and offset (None: the beginning).

    Raises NotStoppedError, or InputError for a place that is not the feed's.
    """
    feed = records.feed(feed_id)
    if not feed.stopped:
        raise NotStoppedError(feed_id)
    row = records.effective(feed.agreement_id)
    topic, lanes = records.topic(row), records.lanes(row)
    wanted: dict[str, int] = {}
    for place, (named, partition, offset) in enumerate(asked):
        if named != topic or not 0 <= partition < lanes:
            raise InputError(
                f"offsets[{place}].partition: feed {feed_id!r} reads {topic!r}, partitions 0 to"
                f" {lanes - 1}; name one of those"
            )
        if str(partition) in wanted:
            raise InputError(
                f"offsets[{place}].partition: {partition} is named twice; once will do"
            )
        wanted[str(partition)] = TO_THE_BEGINNING if offset is None else offset
    if not wanted:
        raise InputError("offsets: names no partition; name one at least, or reset them all")
    return wanted

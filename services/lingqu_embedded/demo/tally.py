"""Counting one run: what a feed should have delivered, and what its partner holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx2
import orjson
from kafka import KafkaConsumer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import DEAD_LETTER_TOPIC
from lingqu.trust import trusted
from lingqu_embedded.demo.holdings import Held, to_the_end

_FILTERED = "lingqu_worker_filtered_events_total"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a worker and its dead letters say of one feed in this run."""

    filtered: int
    rejected: int
    dead_letters: int


def filtered_by_feed(worker_url: str) -> dict[str, int]:
    """Return how many events each feed has left out since its worker started."""
    text = httpx2.get(f"{worker_url}/metrics", timeout=10, verify=trusted()).text
    found: dict[str, int] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == _FILTERED:
                feed = sample.labels["feed"]
                found[feed] = found.get(feed, 0) + int(sample.value)
    return found


def lanes(worker_url: str) -> dict[str, Any]:
    """Return what the worker says its lanes are doing."""
    answer: dict[str, Any] = httpx2.get(
        f"{worker_url}/v1/lanes", timeout=10, verify=trusted()
    ).json()
    return answer


def dead_letters(kafka: KafkaSettings, since: Mapping[int, int]) -> dict[str, dict[str, Any]]:
    """Return the dead letters written since those offsets, one of each id."""
    reader = KafkaConsumer(**kafka.for_kafka_python(), isolation_level="read_committed")
    try:
        parts = [TopicPartition(DEAD_LETTER_TOPIC, number) for number in since]
        reader.assign(parts)
        for part in parts:
            reader.seek(part, since[part.partition])
        letters = [orjson.loads(record.value) for record in to_the_end(reader, parts)]
        return {letter["id"]: letter for letter in letters}
    finally:
        reader.close()


def in_order(held: Sequence[Held], keys: Mapping[str, str]) -> bool:
    """Say whether each lane's numbers only rise and each key's events came as published.

    `keys` holds the key of each event by its id, in the order of publication.
    """
    return all(_rises(lane, keys) for lane in _by_lane(held))


def _by_lane(held: Sequence[Held]) -> Iterable[Sequence[Held]]:
    lanes_held: dict[int, list[Held]] = {}
    for one in held:
        lanes_held.setdefault(one.lane, []).append(one)
    return lanes_held.values()


def _rises(lane: Sequence[Held], keys: Mapping[str, str]) -> bool:
    published = {event_id: place for place, event_id in enumerate(keys)}
    by_key: dict[str, list[int]] = {}
    for one in lane:
        by_key.setdefault(keys[one.event_id], []).append(published[one.event_id])
    numbers = [one.number for one in lane]
    return all(a < b for run in (numbers, *by_key.values()) for a, b in pairwise(run))

"""What a lane has done: one record on a compacted topic, in the transaction of its effect.

Committed consumer offsets are no place for it: they expire without members, and vanish with
their topic.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from kafka.partitioner.default import murmur2

from lingqu.kafka.topics import PROGRESS_TOPIC, progress_spec

__all__ = [
    "PROGRESS_TOPIC",
    "Epoch",
    "Intent",
    "Progress",
    "copy_key",
    "progress_key",
    "progress_partition",
]


@dataclass(frozen=True, slots=True)
class Epoch:
    """Filter, view and schema mapping from one offset on; what is read again is treated alike.

    `spec` is the agreement state that made it, so that a range read again after the agreement has
    moved on is still treated as it was the first time. `from_sequence` is the first number given
    in it, 0 where that was not noted.
    """

    number: int
    from_offset: int
    agreement_version: int
    digest: str
    spec: str = ""
    from_sequence: int = 0


@dataclass(frozen=True, slots=True)
class Intent:
    """A range that is being written where it cannot be part of a transaction; redone whole.

    `period` is that of its file, where files are of periods: its beginning and end, the number of
    the file in it, and 1 where that one closes it.
    """

    next_offset: int
    next_sequence: int
    first_offset: int
    events: int
    period: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of one lane; for a relay `ids` are the rows of its last transaction instead.

    `parked` is how many of its events stand on `lingqu.parked.v1`. For a source that is polled,
    `position` is the source's own, and `next_offset` counts the rows taken in. `counts` is what an
    order has done so far: sent, withheld and dead events. `period` is where files are of periods
    the beginning of the open one in milliseconds, and how many files of it are out.
    """

    topic_id: str
    next_offset: int
    next_sequence: int = 1
    leader_epoch: int = -1
    partitions: int = 0
    epoch: Epoch | None = None
    intent: Intent | None = None
    parked: int = 0
    position: str = ""
    leaf: str = ""
    generation: str = ""
    ids: tuple[int, ...] = field(default=())
    counts: tuple[int, ...] = field(default=())
    period: tuple[int, ...] = field(default=())

    def encode(self) -> bytes:
        """Return the value of the progress record: JSON, members without content left out."""
        members = {
            name: value for name, value in asdict(self).items() if value not in (None, "", ())
        }
        return orjson.dumps({"v": 1, **members})

    @classmethod
    def decode(cls, value: bytes) -> Progress:
        """Read the value of a progress record; unknown members of a newer writer are ignored."""
        members: dict[str, Any] = orjson.loads(value)
        epoch, intent = members.get("epoch"), members.get("intent")
        return cls(
            topic_id=members.get("topic_id", ""),
            next_offset=members["next_offset"],
            next_sequence=members.get("next_sequence", 1),
            leader_epoch=members.get("leader_epoch", -1),
            partitions=members.get("partitions", 0),
            epoch=Epoch(**epoch) if epoch else None,
            intent=_intent(intent) if intent else None,
            parked=members.get("parked", 0),
            position=members.get("position", ""),
            leaf=members.get("leaf", ""),
            generation=members.get("generation", ""),
            ids=tuple(members.get("ids", ())),
            counts=tuple(members.get("counts", ())),
            period=tuple(members.get("period", ())),
        )


def _intent(members: dict[str, Any]) -> Intent:
    return Intent(**{**members, "period": tuple(members.get("period", ()))})


def progress_key(region: str, feed: str, topic: str, partition: int) -> bytes:
    """Return the record key of a lane's progress; for a relay the topic is the outbox itself."""
    return f"{region}|{feed}|{topic}|{partition}".encode()


def copy_key(key: bytes) -> bytes:
    """Return the record key of the hub's own copy of a lane's progress, given the lane's."""
    return b"copy:" + key


def progress_partition(key: bytes) -> int:
    """Return the partition of `lingqu.progress.v1` that holds the key, by murmur2."""
    return int((murmur2(key) & 0x7FFFFFFF) % progress_spec().partitions)

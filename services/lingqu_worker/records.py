"""What an inlet hands to a lane: consumed records of one partition, as parallel sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from confluent_kafka import Message

from lingqu.connect import binary
from lingqu.connect.binary import Binary
from lingqu.wire.header_framing import in_payload


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one partition in offset order; offsets may skip (markers, aborted records).

    `leader_epoch` is that of the last one (KIP-320), -1 where the broker does not tell. `stamps`
    are their times at the broker in milliseconds, where the lane asks for them. No records at all
    are a range of offsets that says where.
    """

    topic: str
    partition: int
    offsets: Sequence[int]
    keys: Binary
    values: Binary
    leader_epoch: int = -1
    stamps: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.offsets)

    @property
    def next_offset(self) -> int:
        """The offset to go on from when these are done."""
        return self.offsets[-1] + 1 if self.offsets else self.first_offset

    @property
    def first_offset(self) -> int:
        return self.offsets.start if isinstance(self.offsets, range) else self.offsets[0]

    def split(self, count: int) -> tuple[Records, Records]:
        """Return the first `count` records and the rest."""
        return (
            Records(
                self.topic,
                self.partition,
                self.offsets[:count],
                self.keys[:count],
                self.values[:count],
                self.leader_epoch,
                self.stamps[:count],
            ),
            Records(
                self.topic,
                self.partition,
                self.offsets[count:],
                self.keys[count:],
                self.values[count:],
                self.leader_epoch,
                self.stamps[count:],
            ),
        )


def of_messages(run: Sequence[Message], *, timed: bool = False) -> Records:
    """Return consecutive messages of one partition; no line of Python runs for each of them.

    Unless they shall be timed: then they bear what the topic's `message.timestamp.type` says.
    """
    last = run[-1]
    values = in_payload(list(map(Message.value, run)), list(map(Message.headers, run)))
    epoch = last.leader_epoch()
    return Records(
        last.topic(),
        last.partition(),
        without_gaps(run[0].offset(), last.offset(), len(run)) or list(map(Message.offset, run)),
        Binary.of(list(map(Message.key, run))),
        Binary.of(values),
        -1 if epoch is None else epoch,
        [message.timestamp()[1] for message in run] if timed else (),
    )


def join(parts: Sequence[Records]) -> Records:
    """Return consecutive records as one."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return Records(
        first.topic,
        first.partition,
        _joined_offsets([part.offsets for part in parts]),
        binary.join([part.keys for part in parts]),
        binary.join([part.values for part in parts]),
        parts[-1].leader_epoch,
        list(chain.from_iterable(part.stamps for part in parts)) if first.stamps else (),
    )


def without_gaps(first: int, last: int, count: int) -> range | None:
    """Return the offsets from first to last if there are as many: the usual case, at no cost."""
    return range(first, last + 1) if last - first + 1 == count else None


def _joined_offsets(parts: Sequence[Sequence[int]]) -> Sequence[int]:
    count = sum(map(len, parts))
    return without_gaps(parts[0][0], parts[-1][-1], count) or list(chain.from_iterable(parts))

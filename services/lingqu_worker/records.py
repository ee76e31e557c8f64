"""What an inlet hands to a lane: consumed records of one partition, as parallel lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one partition in offset order; offsets may skip (markers, aborted records)."""

    topic: str
    partition: int
    offsets: list[int]
    keys: list[bytes | None]
    values: list[bytes | None]

    def __len__(self) -> int:
        return len(self.offsets)

    @property
    def next_offset(self) -> int:
        """The offset to go on from when these are done."""
        return self.offsets[-1] + 1

    def split(self, count: int) -> tuple[Records, Records]:
        """Return the first `count` records and the rest."""
        return (
            Records(
                self.topic,
                self.partition,
                self.offsets[:count],
                self.keys[:count],
                self.values[:count],
            ),
            Records(
                self.topic,
                self.partition,
                self.offsets[count:],
                self.keys[count:],
                self.values[count:],
            ),
        )


def join(parts: Sequence[Records]) -> Records:
    """Return consecutive records as one."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return Records(
        first.topic,
        first.partition,
        [offset for part in parts for offset in part.offsets],
        [key for part in parts for key in part.keys],
        [value for part in parts for value in part.values],
    )

"""Generations of a topic: it grew, and behind the barrier some of its keys are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Barriers = Sequence[Sequence[int]]


class Before(NamedTuple):
    """Where the keys of an added partition were: all of them in one, below an offset."""

    partition: int
    end: int


def before(barriers: Barriers, partition: int) -> Before | None:
    """Return where the partition's keys were before it was added; None for one of the first.

    `barriers` are those of each growth, oldest first: for each partition there was, the offset of
    the first event behind it. A topic grows by a multiple: murmur2 modulo twelve is, modulo six,
    what it was, so that a key stays, or moves to one of the added partitions from that one.
    """
    born = [barrier for barrier in barriers if len(barrier) <= partition]
    if not born:
        return None
    number = partition % len(born[-1])
    return Before(number, born[-1][number])

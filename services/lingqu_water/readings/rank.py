"""Which of two statements about one reading counts: the level, then the moment, then the place."""

from __future__ import annotations

from typing import NamedTuple

from lingqu_water.readings.model import Reading

LEVELS = ("raw", "reviewed", "final")
_LEVEL = {name: number for number, name in enumerate(LEVELS)}


class Rank(NamedTuple):
    """The order of statements; equal ranks with other contents contradict each other."""

    level: int
    as_of_ms: int
    ordinal: int


def rank_of(reading: Reading) -> Rank:
    """Return the statement's rank; an unknown level ranks lowest, and admission refuses it."""
    ordinal = 0 if reading.unordered else reading.ordinal
    return Rank(_LEVEL.get(reading.data_level, 0), reading.as_of_ms, ordinal)


def stored_rank(data_level: str, as_of_ms: int, ordinal: int) -> Rank:
    """Return the rank of a statement that was stored."""
    return Rank(_LEVEL[data_level], as_of_ms, ordinal)

"""Which of two statements about one reading counts: the level, then the moment, then the place.

A place is one among the statements of a moment. Those of a file have places of that file's own:
two files of one day have no order between each other.
"""

from __future__ import annotations

from typing import NamedTuple

from lingqu_water.readings.model import Reading

LEVELS = ("raw", "reviewed", "final")
_LEVEL = {name: number for number, name in enumerate(LEVELS)}
_ROW_BITS = 26
_FILE_BITS = 36
_OF_A_FILE = 1 << (_ROW_BITS + _FILE_BITS)

Moment = tuple[int, int]


class Rank(NamedTuple):
    """The order of statements; equal ranks with other contents contradict each other."""

    level: int
    as_of_ms: int
    ordinal: int

    @property
    def moment(self) -> Moment:
        return self.level, self.as_of_ms

    @property
    def file(self) -> int:
        """Return which file it is of, 0 for none; places of two files cannot be compared."""
        return _file(self.ordinal)


def first_place(file_digest: bytes) -> int:
    """Return the place before all rows of the file of that content; add a row's number to it."""
    bits = int.from_bytes(file_digest[:8]) & ((1 << _FILE_BITS) - 1)
    return _OF_A_FILE | bits << _ROW_BITS


def rank_of(reading: Reading) -> Rank:
    """Return the statement's rank; an unknown level ranks lowest, and admission refuses it."""
    ordinal = _file(reading.ordinal) << _ROW_BITS if reading.unordered else reading.ordinal
    return Rank(_LEVEL.get(reading.data_level, 0), reading.as_of_ms, ordinal)


def stored_rank(data_level: str, as_of_ms: int, ordinal: int) -> Rank:
    """Return the rank of a statement that was stored."""
    return Rank(_LEVEL[data_level], as_of_ms, ordinal)


def _file(ordinal: int) -> int:
    return ordinal >> _ROW_BITS if ordinal >= _OF_A_FILE else 0

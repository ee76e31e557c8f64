"""The numbers that events were given when they were sent first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lingqu.agreements.state import AgreementState
from lingqu.errors import PermanentError
from lingqu_worker.feed import FeedStage
from lingqu_worker.marks import Mark
from lingqu_worker.records import Records


@dataclass(frozen=True, slots=True)
class Numbered:
    """Which of some records have a number that an order means, by their places, and the next."""

    places: Sequence[int]
    sequences: Sequence[int]
    next_sequence: int


class Numbers(ABC):
    """Says of consumed records which an order means, and under which numbers."""

    @abstractmethod
    def of(self, records: Records, first_sequence: int) -> Numbered: ...


class LetterNumbers(Numbers):
    """Those that stand in dead letters, by offset."""

    def __init__(self, numbers: Mapping[int, int]) -> None:
        self._numbers = numbers

    def of(self, records: Records, first_sequence: int) -> Numbered:
        places = [place for place, offset in enumerate(records.offsets) if offset in self._numbers]
        sequences = [self._numbers[records.offsets[place]] for place in places]
        return Numbered(places, sequences, first_sequence + len(places))


@dataclass(frozen=True, slots=True)
class Wanted:
    """From which offset and number on, and to which number, a replay means."""

    first_offset: int
    first_sequence: int | None
    last_sequence: int | None

    def admits(self, offset: int, sequence: int) -> bool:
        if offset < self.first_offset:
            return False
        if self.first_sequence is not None and sequence < self.first_sequence:
            return False
        return self.last_sequence is None or sequence <= self.last_sequence


class CountedNumbers(Numbers):
    """Counts from a mark on, under the terms that held when each event was sent first.

    So a number names the same event that it did then, whatever today's filter says of it.
    """

    def __init__(
        self,
        marks: Sequence[Mark],
        wanted: Wanted,
        stage_of: Callable[[AgreementState], FeedStage],
    ) -> None:
        first_of = {mark.epoch: mark for mark in reversed(marks)}
        self._epochs = sorted(first_of.values(), key=lambda mark: mark.offset)
        self._begins = [mark.offset for mark in self._epochs]
        self._wanted = wanted
        self._stage_of = stage_of
        self._stages: dict[int, FeedStage] = {}

    def of(self, records: Records, first_sequence: int) -> Numbered:
        places: list[int] = []
        sequences: list[int] = []
        done, following = 0, first_sequence
        while done < len(records):
            epoch = max(0, bisect_right(self._begins, records.offsets[done]) - 1)
            count = self._until_next(records, epoch)
            part = records.split(count)[0].split(done)[1]
            self._check(epoch, part, following)
            staged = self._stage(epoch).apply(part, following)
            given = dict(zip(staged.batch.offsets, staged.batch.sequences, strict=True))
            given |= {part.offsets[dead.index]: dead.sequence for dead in staged.dead}
            for place, offset in enumerate(part.offsets, done):
                if offset in given and self._wanted.admits(offset, given[offset]):
                    places.append(place)
                    sequences.append(given[offset])
            done, following = count, staged.next_sequence
        return Numbered(places, sequences, following)

    def _until_next(self, records: Records, epoch: int) -> int:
        """Return how many of the records lie before the next epoch."""
        if epoch + 1 == len(self._epochs):
            return len(records)
        return sum(offset < self._begins[epoch + 1] for offset in records.offsets)

    def _check(self, epoch: int, part: Records, following: int) -> None:
        mark = self._epochs[epoch]
        if part.offsets[0] == mark.offset and following != mark.sequence:
            raise PermanentError(
                f"topic {part.topic!r}, partition {part.partition}, offset {mark.offset}: counting "
                f"comes to number {following}, and it was {mark.sequence}; what was sent before "
                "cannot be told by number: replay from a later time on"
            )

    def _stage(self, epoch: int) -> FeedStage:
        mark = self._epochs[epoch]
        if mark.epoch not in self._stages:
            self._stages[mark.epoch] = self._stage_of(mark.state)
        return self._stages[mark.epoch]

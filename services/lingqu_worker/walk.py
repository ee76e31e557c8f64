"""The way through one taken batch: cut into puts, past what must queue behind parked keys."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from lingqu.connect.batch import Batch
from lingqu_worker.feed import Staged
from lingqu_worker.parking import ParkedEvent, Parking
from lingqu_worker.records import Records


@dataclass(frozen=True, slots=True)
class Put:
    """One call of the partner, and the events on the way that only queue behind a parked key.

    `event(index)` is an event of the batch as it would be parked. When the answer is unknown the
    very same object is put again before anything newer.
    """

    batch: Batch
    event: Callable[[int], ParkedEvent]
    queued: Sequence[ParkedEvent] = ()
    stop: int | None = None

    @property
    def released(self) -> bool:
        """Say whether the events were parked before."""
        return self.stop is None


class Walk:
    """Where the lane is in what it has taken, when not all can be dealt with at once."""

    def __init__(self, records: Records, staged: Staged, now_ms: int) -> None:
        self.records = records
        self.staged = staged
        self.done = 0
        self._now_ms = now_ms

    @property
    def over(self) -> bool:
        return self.done >= len(self.staged.batch)

    @property
    def next_offset(self) -> int:
        """The offset to go on from: all below is dealt with."""
        return self.records.next_offset if self.over else self.staged.batch.offsets[self.done]

    @property
    def next_sequence(self) -> int:
        """The number to go on with."""
        return self.staged.next_sequence if self.over else self.staged.batch.sequences[self.done]

    def next_put(self, limit: int, parking: Parking) -> Put:
        """Return the next events to put, no more than may all have to be parked."""
        batch = self.staged.batch
        if not len(parking):
            start, stop = self.done, min(len(batch), self.done + min(limit, parking.room))
            whole = batch if stop - start == len(batch) else batch.part(start, stop)
            return Put(whole, lambda index: self.event(start + index), (), stop)
        chosen, queued, stop = self._cut(limit, parking)
        waiting = [self.event(place) for place in queued]
        return Put(batch.at(chosen), lambda index: self.event(chosen[index]), waiting, stop)

    def pass_by(self, put: Put) -> None:
        """Leave behind what a put has dealt with."""
        self.done = put.stop if put.stop is not None else self.done

    def event(self, place: int) -> ParkedEvent:
        """Return one event of the batch as it would be parked."""
        batch = self.staged.batch
        index = self._index(place)
        return ParkedEvent(
            batch.offsets[place],
            batch.sequences[place],
            self.records.keys[index],
            self.records.values[index],
            self._now_ms,
        )

    def _cut(self, limit: int, parking: Parking) -> tuple[list[int], list[int], int]:
        chosen: list[int] = []
        queued: list[int] = []
        for place in range(self.done, len(self.staged.batch)):
            if len(chosen) == limit or len(chosen) + len(queued) == parking.room:
                return chosen, queued, place
            waits = parking.holds(self._keys[self._index(place)])
            (queued if waits else chosen).append(place)
        return chosen, queued, len(self.staged.batch)

    @cached_property
    def _keys(self) -> list[bytes | None]:
        return list(self.records.keys)

    def _index(self, place: int) -> int:
        return bisect_left(self.records.offsets, self.staged.batch.offsets[place])

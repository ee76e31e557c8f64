"""The verdict on one place: what was produced against what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from tests.faults.checking.ledger import Event

_EXAMPLES = 20


class Seen(NamedTuple):
    """One event found; `place` is what has an order of its own: a partition, or a lane of files."""

    event_id: str
    place: int
    sequence: int | None = None
    wrong: str | None = None
    leaks: bool = False


class Lane(NamedTuple):
    """Where an event stands in its source partition among those that pass the filter, from 1."""

    partition: int
    rank: int


@dataclass(slots=True)
class Verdict:
    """How often each promise was broken; all zero is what is promised."""

    expected: int = 0
    found: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    leaked: int = 0
    alien: int = 0
    misnumbered: int = 0
    wrong: int = 0
    unlisted: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def broken(self) -> int:
        return sum(getattr(self, promise) for promise in PROMISES)

    def blame(self, promise: str, why: str) -> None:
        """Count one broken promise, and remember the first ones in words."""
        setattr(self, promise, getattr(self, promise) + 1)
        if len(self.examples) < _EXAMPLES:
            self.examples.append(f"{promise}: {why}")

    def told(self) -> dict[str, Any]:
        return {**asdict(self), "broken": self.broken}


# `unlisted` is none: files that no manifest names do not count, and are only told.
PROMISES = ("lost", "doubled", "reordered", "leaked", "alien", "misnumbered", "wrong")


def lanes_of(source: Sequence[Seen], passing: Mapping[str, Event]) -> dict[str, Lane]:
    """Return the number that each passing event must carry: its rank in its source partition."""
    ranks: Counter[int] = Counter()
    lanes: dict[str, Lane] = {}
    for seen in source:
        if seen.event_id in passing and seen.event_id not in lanes:
            ranks[seen.place] += 1
            lanes[seen.event_id] = Lane(seen.place, ranks[seen.place])
    return lanes


def judge(
    produced: Mapping[str, Event],
    passing: Mapping[str, Event],
    seen: Iterable[Seen],
    lanes: Mapping[str, Lane] | None = None,
) -> Verdict:
    """Judge what was seen, in the order in which it was seen at each place."""
    verdict = Verdict(expected=len(passing))
    judged = _Judged(verdict, lanes)
    for one in seen:
        verdict.found += 1
        event = produced.get(one.event_id)
        if event is None:
            verdict.blame("alien", f"{one.event_id} was never produced")
            continue
        if one.leaks:
            verdict.blame("leaked", f"{one.event_id} shows what the view hides")
        if one.event_id not in passing:
            verdict.blame("leaked", f"{event} should have been filtered")
            continue
        judged.take(one, event)
    for event_id, event in passing.items():
        if event_id not in judged.first:
            verdict.blame("lost", f"{event}")
    return verdict


class _Judged:
    """Follows each key and each lane while the seen events pass by."""

    def __init__(self, verdict: Verdict, lanes: Mapping[str, Lane] | None) -> None:
        self.first: dict[str, Seen] = {}
        self._verdict = verdict
        self._lanes = lanes
        self._last_of_key: dict[str, tuple[int, int]] = {}
        self._last_of_lane: dict[tuple[int, int], int] = {}

    def take(self, one: Seen, event: Event) -> None:
        if one.event_id in self.first:
            self._verdict.blame("doubled", f"{event}: {self.first[one.event_id]} and {one}")
            return
        self.first[one.event_id] = one
        if one.wrong is not None:
            self._verdict.blame("wrong", f"{event}: {one.wrong}")
        self._follow_key(one, event)
        if self._lanes is not None:
            self._follow_lane(one, event, self._lanes)

    def _follow_key(self, one: Seen, event: Event) -> None:
        place, number = self._last_of_key.get(event.station, (one.place, 0))
        if place != one.place:
            self._verdict.blame("reordered", f"{event} is at {one.place}, its key was at {place}")
        elif number >= event.number:
            self._verdict.blame("reordered", f"{event} comes after number {number} of its key")
        self._last_of_key[event.station] = (one.place, event.number)

    def _follow_lane(self, one: Seen, event: Event, lanes: Mapping[str, Lane]) -> None:
        lane = lanes.get(one.event_id)
        if lane is None:
            self._verdict.blame("alien", f"{event} arrived and is not on the source topic")
            return
        last = self._last_of_lane.get((one.place, lane.partition), 0)
        if one.sequence != lane.rank or one.sequence <= last:
            self._verdict.blame(
                "misnumbered", f"{event} carries {one.sequence} after {last}, should {lane.rank}"
            )
        self._last_of_lane[one.place, lane.partition] = one.sequence or 0

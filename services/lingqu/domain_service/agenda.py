"""When simulated things are told: as often as really, or as fast as was asked for."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from lingqu.simulation import Scene

Event = dict[str, Any]
Tell = Callable[[datetime], Event]


class Agenda:
    """Tells one event a step: what is due first, else what `begin` puts on the agenda.

    What is due at one step is told in the order in which it was put there. `step` is the time
    between two events where the scene has no rate.
    """

    def __init__(self, scene: Scene, step: timedelta, begin: Callable[[int], None]) -> None:
        self._start = scene.start
        self._step = timedelta(seconds=1 / scene.rate) if scene.rate else step
        self._begin = begin
        self._due: list[tuple[int, int, Tell]] = []
        self._order = count()
        self.now = 0

    def at(self, step: int) -> datetime:
        return self._start + step * self._step

    def put(self, step: int, tell: Tell) -> None:
        """Let it be told at that step, or as soon after as nothing else is due."""
        heapq.heappush(self._due, (step, next(self._order), tell))

    def wait_until(self, step: int) -> None:
        """Let nothing be told before that step, for a `begin` that has nothing to tell earlier."""
        self.now = max(self.now, step)

    def events(self) -> Iterator[Event]:
        """Yield the events without end, each made with the time at which it is told."""
        for begun in count():
            self._begin(begun)
            while self._due and self._due[0][0] <= self.now:
                _, _, tell = heapq.heappop(self._due)
                yield tell(self.at(self.now))
                self.now += 1

"""Runs the faults of a round at their moments, all from the main thread."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.faults.plan import Fault, Kill, Part, Plan
from tests.faults.process import Process

# A part's course yields how many seconds shall pass before its next step.
Course = Iterator[float]


@dataclass(slots=True)
class Troupe:
    """The process that plays a part now, and how to cast another one for it."""

    current: Process
    second: Callable[[bool], Process]
    usurp: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Timeline:
    """A heap of courses, one a part, each asked on when its time has come."""

    tell: Callable[[str], None]
    _began: float = 0.0
    _due: list[tuple[float, int, Course]] = field(default_factory=list)

    def begin(self, plan: Plan, troupes: dict[Part, Troupe]) -> None:
        """Set the courses going from now on."""
        self._began = time.monotonic()
        for index, (part, faults) in enumerate(plan.faults.items()):
            course = self._course(part, faults, troupes[part])
            heapq.heappush(self._due, (self._began, index, course))

    @property
    def over(self) -> bool:
        return not self._due

    def step(self) -> None:
        """Do all that is due."""
        while self._due and self._due[0][0] <= time.monotonic():
            _, index, course = heapq.heappop(self._due)
            if (pause := next(course, None)) is not None:
                heapq.heappush(self._due, (time.monotonic() + pause, index, course))

    def _course(self, part: Part, faults: Sequence[Fault], troupe: Troupe) -> Course:
        for fault in faults:
            yield max(0.0, self._began + fault.at_s - time.monotonic())
            if isinstance(fault, Kill):
                self.tell(f"kill -9 {part}, down {fault.down_s:.1f} s")
                troupe.current.kill()
                yield fault.down_s
                troupe.current.start()
                continue
            zombie = troupe.current
            self.tell(f"freeze {part}, {'same' if fault.same else 'another'} name takes over")
            zombie.freeze()
            troupe.usurp()
            troupe.current = troupe.second(fault.same)
            troupe.current.start()
            yield fault.frozen_s
            self.tell(f"the frozen {part} wakes up")
            zombie.thaw()
            yield fault.awake_s
            zombie.kill()

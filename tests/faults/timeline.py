"""Runs the faults of a round at their moments, all from the main thread."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.faults.plan import Fault, Kill, Part, Plan, Skew, Trouble, Zombie
from tests.faults.process import Process

# A part's course yields how many seconds shall pass before its next step.
Course = Iterator[float]


@dataclass(slots=True)
class Troupe:
    """The process that plays a part now, and how to cast another one for it."""

    current: Process
    second: Callable[[bool], Process]
    usurp: Callable[[], None] = lambda: None
    skewed: Callable[[float], Process] | None = None


class Ailing(Protocol):
    """What is no process, and can be in trouble for a while."""

    def begin(self, what: str) -> None: ...

    def end(self) -> None: ...


@dataclass(slots=True)
class Timeline:
    """A heap of courses, one a part, each asked on when its time has come."""

    tell: Callable[[str], None]
    _began: float = 0.0
    _due: list[tuple[float, int, Course]] = field(default_factory=list)

    def begin(
        self, plan: Plan, troupes: Mapping[Part, Troupe], ailing: Mapping[Part, Ailing]
    ) -> None:
        """Set the courses going from now on."""
        self._began = time.monotonic()
        for index, (part, faults) in enumerate(plan.faults.items()):
            of_part = troupes[part] if part in troupes else ailing[part]
            course = self._course(part, faults, of_part)
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

    def _course(self, part: Part, faults: Sequence[Fault], player: Troupe | Ailing) -> Course:
        for fault in faults:
            yield max(0.0, self._began + fault.at_s - time.monotonic())
            match fault, player:
                case Kill(), Troupe():
                    yield from self._kill(part, fault, player)
                case Skew(), Troupe():
                    yield from self._skew(part, fault, player)
                case Zombie(), Troupe():
                    yield from self._freeze(part, fault, player)
                case Trouble(), _ if not isinstance(player, Troupe):
                    self.tell(f"{part}: {fault.what}, for {fault.lasts_s:.1f} s")
                    player.begin(fault.what)
                    yield fault.lasts_s
                    player.end()
                case _:
                    raise TypeError(f"{part} cannot play {fault}")

    def _kill(self, part: Part, fault: Kill, troupe: Troupe) -> Course:
        self.tell(f"kill -9 {part}, down {fault.down_s:.1f} s")
        troupe.current.kill()
        yield fault.down_s
        troupe.current.start()

    def _skew(self, part: Part, fault: Skew, troupe: Troupe) -> Course:
        if troupe.skewed is None:
            raise TypeError(f"{part} has no clock to be wrong")
        self.tell(f"the clock of the {part} is wrong by {fault.by_s:+.0f} s")
        right = troupe.current
        right.kill()
        troupe.current = troupe.skewed(fault.by_s)
        troupe.current.start()
        yield fault.lasts_s
        troupe.current.kill()
        troupe.current = right
        right.start()

    def _freeze(self, part: Part, fault: Zombie, troupe: Troupe) -> Course:
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

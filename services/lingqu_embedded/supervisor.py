"""Starts a hub's processes in order, keeps them running, and stops them in reverse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from lingqu.clock import Clock
from lingqu.errors import LingquError
from lingqu_embedded.home import HubHome
from lingqu_embedded.process import Child, ProcessSpec

START_TIMEOUT_S = 120.0
STARTING_TICK_S = 0.1
TICK_S = 0.25

Say = Callable[[str], None]


class StartFailedError(LingquError):
    """A process of the hub did not become ready; the others have been stopped."""

    def __init__(self, child: Child) -> None:
        code = child.exited()
        what = "; ".join(child.missing) if code is None else f"it ended with exit code {code}"
        words = "".join(f"\n  {line}" for line in child.last_words())
        super().__init__(
            f"{child.spec.name} did not start: {what}; {child.spec.log} ends with:{words}"
        )


class Supervisor:
    """Owns the processes of one hub, phase after phase, and writes their states into `hub.json`."""

    def __init__(
        self,
        home: HubHome,
        facts: dict[str, Any],
        phases: Sequence[Sequence[ProcessSpec]],
        clock: Clock,
        say: Say,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        self._home = home
        self._facts = facts
        self._phases = [[Child(spec, clock) for spec in phase] for phase in phases]
        self._clock = clock
        self._say = say
        self._wanted = wanted
        self.stop = threading.Event()

    @property
    def children(self) -> list[Child]:
        return [child for phase in self._phases for child in phase]

    def run(self, started: Callable[[], None]) -> None:
        """Run until `stop` is set or nobody wants it; `started` is called once all is ready.

        Raises StartFailedError when a process does not start the first time; afterwards whatever
        dies is started again.
        """
        try:
            self._write()
            for phase in self._phases:
                self._start(phase)
            if not self.stop.is_set():
                started()
            while self._wanted() and not self._clock.wait(TICK_S, self.stop):
                self._poll()
        finally:
            self._stop_all()

    def _start(self, phase: list[Child]) -> None:
        if self.stop.is_set():
            return
        for child in phase:
            child.start()
            self._tell(child)
        deadline = self._clock.monotonic() + START_TIMEOUT_S
        while any(child.state != "ready" for child in phase):
            if not self._wanted():
                self.stop.set()
            if self._clock.wait(STARTING_TICK_S, self.stop):
                return
            self._poll()
            for child in phase:
                self._check_start(child, deadline)

    def _check_start(self, child: Child, deadline: float) -> None:
        if child.state == "starting" and self._clock.monotonic() > deadline:
            child.give_up()
            self._tell(child)
        if child.state == "failed":
            raise StartFailedError(child)

    def _poll(self) -> None:
        for child in self.children:
            if child.poll():
                self._tell(child)

    def _stop_all(self) -> None:
        for phase in reversed(self._phases):
            running = [child for child in phase if child.pid and child.exited() is None]
            for child in running:
                child.end()
                self._tell(child)
            for child in running:
                child.wait_ended()
                self._tell(child)
        self._home.remove_facts()

    def _tell(self, child: Child) -> None:
        self._write()
        again = f", restart {child.restarts}" if child.restarts else ""
        where = ", ".join(f"{seat.service} {seat.port}" for seat in child.spec.seats)
        process = f" (process {child.pid}{again})" if child.state in ("starting", "ready") else ""
        self._say(f"{child.spec.name}: {child.state}{process}: {where}")

    def _write(self) -> None:
        self._facts["processes"] = [child.facts() for child in self.children]
        self._home.write_facts(self._facts)

"""One child process of a hub: started on a leash, watched, restarted with back-off, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lingqu.clock import Clock
from lingqu_embedded.leash import leashed
from lingqu_embedded.logs import last_lines, rotate

State = Literal["waiting", "starting", "ready", "restarting", "stopping", "stopped", "failed"]

FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 30.0
STEADY_S = 60.0


@dataclass(frozen=True, slots=True)
class Seat:
    """A service inside a process, and where it listens."""

    service: str
    port: int
    url: str | None


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """What to run and how to know that it is ready; `command` is asked before each start."""

    name: str
    command: Callable[[], Sequence[str]]
    seats: tuple[Seat, ...]
    missing: Callable[[], list[str]]
    log: Path
    environ: Mapping[str, str]
    grace_s: float = 15.0


class Child:
    """A process in one of the states above; `poll` moves it on, and never blocks for long.

    One that ends before it was ever ready has failed; one that ends later is started again.
    """

    def __init__(self, spec: ProcessSpec, clock: Clock) -> None:
        self.spec = spec
        self.restarts = 0
        self.state: State = "waiting"
        self.missing: list[str] = []
        self._clock = clock
        self._since = clock.now()
        self._changed_s = clock.monotonic()
        self._failures = 0
        self._ever_ready = False
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start it; what it prints goes to its log."""
        self.spec.log.parent.mkdir(parents=True, exist_ok=True)
        rotate(self.spec.log)
        with self.spec.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                leashed(list(self.spec.command())),
                env=dict(self.spec.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is the supervisor's to hear
            )
        self._become("starting")

    def poll(self) -> bool:
        """Move on by what happened since; return whether the state changed."""
        before = self.state, self.restarts
        match self.state:
            case "starting" | "ready":
                self._watch()
            case "restarting":
                if self._elapsed_s() >= self._back_off_s():
                    self.restarts += 1
                    self.start()
        return (self.state, self.restarts) != before

    def exited(self) -> int | None:
        """Return the exit code once it has ended."""
        return self._process.poll() if self._process is not None else None

    def end(self) -> None:
        """Ask it to end."""
        self._become("stopping")
        self._signal(signal.SIGTERM)

    def wait_ended(self) -> None:
        """Wait until it has ended; by force after its grace."""
        if self._process is not None:
            try:
                self._process.wait(self.spec.grace_s)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self._process.wait()
        self._become("stopped")

    def give_up(self) -> None:
        """Say that it did not become ready in time."""
        self._become("failed")

    def last_words(self) -> list[str]:
        """Return the end of what this start has logged."""
        return last_lines(self.spec.log, since=self._log_start)

    def facts(self) -> dict[str, Any]:
        """Return what `hub.json` says about it."""
        return {
            "name": self.spec.name,
            "pid": self.pid if self.exited() is None else None,
            "state": self.state,
            "since": self._since.isoformat(timespec="seconds"),
            "restarts": self.restarts,
            "log": str(self.spec.log),
            "services": [
                {"name": seat.service, "port": seat.port, "url": seat.url}
                for seat in self.spec.seats
            ],
        }

    def _watch(self) -> None:
        if self.exited() is not None:
            self._failures = 1 if self._steady() else self._failures + 1
            self._become("restarting" if self._ever_ready else "failed")
        elif self.state == "starting":
            self.missing = self.spec.missing()
            if not self.missing:
                self._ever_ready = True
                self._become("ready")

    def _steady(self) -> bool:
        return self.state == "ready" and self._elapsed_s() > STEADY_S

    def _back_off_s(self) -> float:
        return float(min(FIRST_BACK_OFF_S * 2 ** (self._failures - 1), LONGEST_BACK_OFF_S))

    def _elapsed_s(self) -> float:
        return self._clock.monotonic() - self._changed_s

    def _become(self, state: State) -> None:
        self.state = state
        self._since = self._clock.now()
        self._changed_s = self._clock.monotonic()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, number)

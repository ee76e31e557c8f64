"""A second worker that comes and goes: partitions move while transactions are open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.process import Process


@dataclass(slots=True)
class Guest:
    """Joins the groups under no name of its own, so that they rebalance when it comes and goes."""

    made: Callable[[], Process]
    _here: Process | None = None
    _kills: bool = False

    def begin(self, what: str) -> None:
        """Let one join."""
        self._kills = what == "joins and is killed"
        self._here = self.made()
        self._here.start()

    def end(self) -> None:
        """Let it leave, with or without a goodbye."""
        guest, self._here = self._here, None
        if guest is None:
            return
        if self._kills:
            guest.kill()
        else:  # its goodbye takes a while, in which other things go wrong
            threading.Thread(target=guest.stop, name="goodbye").start()

"""The transactional producers that the lanes of a worker hold: so many at most."""

from __future__ import annotations

import threading

from lingqu_worker.gate import GateClosedError

MOST = 250
REST_AFTER_S = 60.0

# How long nothing must have come for a lane that leaves its place to one that waits.
_YIELD_AFTER_S = 1.0


class NoProducerLeftError(GateClosedError):
    """As many producers are open as may be; asked again shortly."""


class OpenProducers:
    """Counts the lanes that hold a transactional producer, and keeps the others waiting.

    Each costs half a megabyte and four threads. A lane to which nothing comes may rest: it closes
    its producer after `rest_after_s`, and at once where another lane waits for a place.
    Thread-safe; a lane is any object that stays the same over its calls.
    """

    def __init__(self, most: int = MOST, rest_after_s: float = REST_AFTER_S) -> None:
        self._most = most
        self._rest_after_s = rest_after_s
        self._lock = threading.Lock()
        self._holding: set[object] = set()
        self._waiting: set[object] = set()

    @property
    def count(self) -> int:
        """How many lanes hold one."""
        return len(self._holding)

    def enter(self, lane: object) -> None:
        """Return when this lane may hold a producer; else raise NoProducerLeftError."""
        with self._lock:
            if lane in self._holding:
                return
            if len(self._holding) >= self._most:
                self._waiting.add(lane)
                raise NoProducerLeftError(self._sentence())
            self._waiting.discard(lane)
            self._holding.add(lane)

    def leave(self, lane: object) -> None:
        """Note that the lane holds none any more, and waits for none."""
        with self._lock:
            self._holding.discard(lane)
            self._waiting.discard(lane)

    def may_rest(self, idle_s: float) -> bool:
        """Say whether a lane to which nothing has come for so long shall close its producer."""
        return idle_s >= (_YIELD_AFTER_S if self._waiting else self._rest_after_s)

    def _sentence(self) -> str:
        return (
            f"all {self._most} transactional producers of this worker are in use, so this lane"
            " waits until another one rests; it is the operator's move if that takes long: start"
            " one more worker, or raise LINGQU_WORKER_TRANSACTIONAL_LANES (each takes half a"
            " megabyte and four threads)"
        )

"""A clock that runs faster than time: what takes days is seen in seconds."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class FastClock:
    """Runs so many times faster from now on; a `wait` lasts as much shorter."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._began = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        return self._began[0] + timedelta(seconds=self.elapsed_s())

    def monotonic(self) -> float:
        return self._began[1] + self.elapsed_s()

    def elapsed_s(self) -> float:
        """Return how many seconds this clock has told since it began."""
        return (time.monotonic() - self._began[1]) * self._factor

    def is_past(self, elapsed_s: float) -> bool:
        return self.elapsed_s() > elapsed_s

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        return stop.wait(seconds / self._factor)

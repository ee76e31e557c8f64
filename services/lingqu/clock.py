"""The one way to ask for the time, so that a test can set it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall clock, monotonic clock and an interruptible wait."""

    def now(self) -> datetime:
        """Return the time in UTC, aware."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards; only differences mean anything."""
        ...

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait until `stop` is set (True) or the seconds have passed (False)."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        return stop.wait(seconds)

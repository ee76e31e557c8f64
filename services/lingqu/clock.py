"""The one way to ask for the time, so that a test can set it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

# Where people read times and days begin; a fixed offset, since slim systems carry no time zones.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


def shown(moment: str) -> str:
    """Return an ISO instant as people read it: China's time, to the second."""
    return f"{datetime.fromisoformat(moment).astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def china_day(moment: datetime) -> date:
    """Return the day it is in China at that moment."""
    return moment.astimezone(CHINA).date()


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

"""Values that do not move although the station was away: they may have been carried forward."""

from __future__ import annotations


class HeldRun:
    """The run of exactly equal values that the last one belongs to, and the outages by it.

    What lies further apart than `silence_ms` has nothing to do with each other.
    """

    def __init__(self, silence_ms: int) -> None:
        self._silence_ms = silence_ms
        self._value: float | None = None
        self._at_ms = 0
        self._outage_ms: int | None = None
        self._count = 0
        self._beside = False
        self._across = False

    def outage(self, at_ms: int) -> None:
        """Take note that the station was out of service."""
        self._outage_ms = at_ms
        if at_ms - self._at_ms <= self._silence_ms:
            self._beside = True

    def see(self, at_ms: int, value: float) -> None:
        away = self._outage_ms is not None and at_ms - self._outage_ms <= self._silence_ms
        if value == self._value and at_ms - self._at_ms <= self._silence_ms:
            self._count += 1
            self._across = self._across or away
        else:
            self._value, self._count, self._across = value, 1, False
            self._beside = away
        self._at_ms, self._outage_ms = at_ms, None

    def doubt(self, readings: int) -> str | None:
        """Return why the run is suspect: equal on both sides of an outage, or long beside one."""
        if self._across or (self._beside and self._count >= readings):
            return f"停站或维护前后数值保持 {self._value:g} 不变"
        return None

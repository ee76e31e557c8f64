"""How far this machine's clock is from the broker's, and what follows."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from lingqu.clock import Clock

logger = logging.getLogger(__name__)

ALARM_S = 2.0
STOP_S = 30.0


class ClockSkew:
    """Compares the wall clock with the broker's, beyond 2 s aloud; beyond 30 s nothing may leave.

    The broker's clock is read now and then and carried on by the monotonic clock, so that a wall
    clock that is set wrong meanwhile is noticed at once. 0 as long as the broker has said nothing.
    Used from any thread.
    """

    def __init__(self, clock: Clock, broker: str) -> None:
        self._clock = clock
        self._broker = broker
        self._ahead_s: tuple[float, float] | None = None
        self._alarmed = False

    def hear(self, broker_s: float, asked_s: float, heard_s: float) -> None:
        """Take the broker's time in seconds, as of some moment of the monotonic clock between."""
        self._ahead_s = (broker_s - heard_s, broker_s - asked_s)

    def apart_s(self) -> float:
        """Return how far the wall clock is ahead at least, negative where it is behind."""
        if self._ahead_s is None:
            return 0.0
        wall_s = self._clock.now().timestamp() - self._clock.monotonic()
        earliest, latest = self._ahead_s
        return max(0.0, wall_s - latest) + min(0.0, wall_s - earliest)

    def alarm(self) -> float:
        """Say it once when the clocks come more than 2 s apart; return how far they are."""
        apart_s = self.apart_s()
        alarmed, self._alarmed = self._alarmed, abs(apart_s) > ALARM_S
        if self._alarmed and not alarmed:
            logger.warning("clocks differ", extra={"why": self._told(apart_s)})
        return apart_s

    def refusal(self) -> str:
        """Return why nothing may leave by these clocks; empty where they agree well enough."""
        apart_s = self.apart_s()
        if abs(apart_s) <= STOP_S:
            return ""
        return f"{self._told(apart_s)}: beyond {STOP_S:.0f} s no term can be kept, nothing is sent"

    def _told(self, apart_s: float) -> str:
        here = self._clock.now()
        there = datetime.fromtimestamp(here.timestamp() - apart_s, UTC)
        return (
            f"this machine's clock says {here:%Y-%m-%d %H:%M:%S} UTC and that of Kafka at"
            f" {self._broker} {there:%Y-%m-%d %H:%M:%S}, {abs(apart_s):.0f} s apart; set both by"
            " NTP"
        )

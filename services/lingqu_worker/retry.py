"""When to try again: quickly at first, then less and less often, for days."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """Delays that double from half a second to a quarter of an hour, the upper half by chance.

    There is no last attempt: what is not delivered stays in the topic; its retention is the limit.
    """

    random: random.Random
    attempts: int = 0
    first_s: float = 0.5
    longest_s: float = 900.0

    def next_delay_s(self, asked_s: float | None = None) -> float:
        """Return how long to wait now; what the partner asked for is a lower bound."""
        ceiling = min(self.longest_s, self.first_s * 2.0 ** min(self.attempts, 16))
        self.attempts += 1
        delay = ceiling * (0.5 + self.random.random() / 2)
        return max(delay, asked_s or 0.0)

    def reset(self) -> None:
        """Forget earlier failures, after a success."""
        self.attempts = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a parked key is tried again, over 75 hours and more; chance only adds to a delay.

    What has come in between restarts counts: the attempts are stored with the parked event.
    """

    delays_s: tuple[float, ...] = (
        *(1, 5, 30, 120, 300, 1_800),
        *(7_200, 18_000, 36_000, 50_400, 72_000, 86_400),
    )

    def delay_s(
        self, attempts: int, dice: random.Random, asked_s: float | None = None
    ) -> float | None:
        """Return how long to wait after so many failed attempts; None when there is no more."""
        if attempts > len(self.delays_s):
            return None
        delay = self.delays_s[attempts - 1] * (1 + dice.random() / 10)
        return max(delay, asked_s or 0.0)

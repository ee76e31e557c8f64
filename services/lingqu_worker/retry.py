"""When to try again: quickly at first, then less and less often, for days."""

from __future__ import annotations

import random
from dataclasses import dataclass

_LONGEST_S = 900.0


@dataclass(slots=True)
class Backoff:
    """Delays that double from half a second to a quarter of an hour, the upper half by chance.

    There is no last attempt: what is not delivered stays in the topic; its retention is the limit.
    """

    random: random.Random
    attempts: int = 0

    def next_delay_s(self, asked_s: float | None = None) -> float:
        """Return how long to wait now; what the partner asked for is a lower bound."""
        ceiling = min(_LONGEST_S, 0.5 * 2.0 ** min(self.attempts, 16))
        self.attempts += 1
        delay = ceiling * (0.5 + self.random.random() / 2)
        return max(delay, asked_s or 0.0)

    def reset(self) -> None:
        """Forget earlier failures, after a success."""
        self.attempts = 0

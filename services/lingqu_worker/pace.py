"""How often one lane calls its partner."""

from __future__ import annotations

import random

from lingqu.clock import Clock
from lingqu.errors import RetriableError
from lingqu_worker.breaker import Breaker, PartnerRestsError
from lingqu_worker.retry import Backoff


class Pace:
    """One lane's own back-off, under the breaker that it shares with the partner's other lanes.

    A batch that only this lane cannot get through waits longer and longer and slows nobody else; a
    partner that has come back is called at once, however long the back-off was by then.
    """

    def __init__(self, breaker: Breaker, clock: Clock) -> None:
        self._breaker = breaker
        self._clock = clock
        self._backoff = Backoff(random.Random())  # noqa: S311 - jitter, not a secret
        self._not_before = 0.0
        self._recoveries = breaker.recoveries
        self.why = ""

    def take_turn(self) -> None:
        """Return when this lane may call now; else raise PartnerRestsError with the reason."""
        if self._breaker.recoveries != self._recoveries:
            self._recoveries = self._breaker.recoveries
            self._not_before = 0.0
        left = self._not_before - self._clock.monotonic()
        if left > 0:
            sentence = f"the same again in {left:.1f} s: {self.why}"
            raise PartnerRestsError(sentence, retry_after_s=left)
        self._breaker.enter(self)

    def succeeded(self) -> None:
        self._breaker.succeeded(self)
        self._recoveries = self._breaker.recoveries
        self._backoff.reset()
        self._not_before, self.why = 0.0, ""

    def failed(self, error: RetriableError) -> None:
        self.why = str(error)
        self._breaker.failed(self, self.why, error.retry_after_s)
        delay = self._backoff.next_delay_s(error.retry_after_s)
        self._not_before = self._clock.monotonic() + delay

    def leave(self) -> None:
        """Let another lane probe, where this one had the turn and did not call."""
        self._breaker.leave(self)

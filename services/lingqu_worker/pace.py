"""When one lane calls its partner, and what is known of the partner by what comes of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

from lingqu.clock import Clock
from lingqu.connect.batch import Batch
from lingqu.errors import RetriableError
from lingqu_worker.breaker import Breaker, PartnerRestsError
from lingqu_worker.gate import GateClosedError
from lingqu_worker.retry import Backoff
from lingqu_worker.throttle import Throttle


class PartnerFailedError(RetriableError):
    """A call to the partner failed and was counted; `take_turn` waits until it is called again."""


class OwnTroubleError(RetriableError):
    """The hub's own trouble in the middle of a call: no fault of the partner's."""


class Pace:
    """One lane's own back-off, under the breaker and the limits it shares with other lanes.

    A batch that only this lane cannot get through waits longer and longer and slows nobody else; a
    partner that has come back is called at once, however long the back-off was by then.
    """

    def __init__(self, breaker: Breaker, throttle: Throttle, clock: Clock) -> None:
        self._breaker = breaker
        self._throttle = throttle
        self._clock = clock
        self._backoff = Backoff(random.Random())  # noqa: S311 - jitter, not a secret
        self._not_before = 0.0
        self._recoveries = breaker.recoveries
        self.why = ""

    def join(self, partition: int) -> None:
        """Begin to take turns, for that partition."""
        self._throttle.join(self, partition)

    def part(self) -> None:
        """Take none any more."""
        self.leave()
        self._throttle.part(self)

    def take_turn(self) -> None:
        """Return when this lane may call now; else raise GateClosedError with the reason."""
        if self._breaker.recoveries != self._recoveries:
            self._recoveries = self._breaker.recoveries
            self._not_before = 0.0
        left = self._not_before - self._clock.monotonic()
        if left > 0:
            sentence = f"the same again in {left:.1f} s: {self.why}"
            raise PartnerRestsError(sentence, retry_after_s=left)
        self._breaker.enter(self)
        self._throttle.enter(self)

    def spend(self, batch: Batch) -> None:
        """Count what is put now against the limits."""
        self._throttle.spend(self, batch)

    @contextmanager
    def calling(self, *, opening: bool = False) -> Iterator[None]:
        """Count what the block raises as the partner's failure, but for the hub's own trouble."""
        try:
            yield
        except (GateClosedError, OwnTroubleError):
            raise
        except RetriableError as error:
            delay = self._failed(error, opening=opening)
            raise PartnerFailedError(str(error), retry_after_s=delay) from error

    def opened(self) -> None:
        """Note that the target let itself be opened: an answer where just that had failed."""
        if self._breaker.fails_to_open:
            self.succeeded()

    def succeeded(self) -> None:
        self._breaker.succeeded(self)
        self._recoveries = self._breaker.recoveries
        self._backoff.reset()
        self._not_before, self.why = 0.0, ""

    def leave(self) -> None:
        """Let another lane call, where this one had the turn and does not any more."""
        self._breaker.leave(self)
        self._throttle.leave(self)

    def _failed(self, error: RetriableError, *, opening: bool) -> float:
        self.why = str(error)
        self._breaker.failed(self, self.why, error.retry_after_s, opening=opening)
        delay = self._backoff.next_delay_s(error.retry_after_s)
        self._not_before = self._clock.monotonic() + delay
        return delay


@contextmanager
def own() -> Iterator[None]:
    """Mark what the block raises as the hub's own trouble, though a partner's task asked for it."""
    try:
        yield
    except RetriableError as error:
        raise OwnTroubleError(str(error), retry_after_s=error.retry_after_s) from error

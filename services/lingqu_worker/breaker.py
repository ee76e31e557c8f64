"""The breaker of each partner: one that does not answer is asked by one call at a time."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from lingqu.clock import Clock
from lingqu_worker.gate import GateClosedError
from lingqu_worker.retry import Backoff

_FAILURES = 5
_LONGEST_S = 60.0

State = Literal["closed", "half_open", "open"]


class PartnerRestsError(GateClosedError):
    """The partner is left alone for now; asked again shortly."""


@dataclass(frozen=True, slots=True)
class BreakerStatus:
    """What an operator sees: whether the partner is called, since how many failures, and why."""

    partner: str
    state: State
    failures: int
    why: str
    again_in_s: float


class Breaker:
    """Opens after five failures in a row over all lanes of a partner, or when it asks for time.

    While open nobody calls; then one caller probes (half-open), and its success closes the breaker
    for all. `fails_to_open` says that the last failure came before anything was put. Thread-safe;
    a caller is any object that stays the same over its calls.
    """

    def __init__(self, partner: str, clock: Clock) -> None:
        self.recoveries = 0
        self.fails_to_open = False
        self._partner = partner
        self._clock = clock
        self._lock = threading.Lock()
        self._backoff = Backoff(random.Random(), first_s=1.0, longest_s=_LONGEST_S)  # noqa: S311 - jitter
        self._failures = 0
        self._why = ""
        self._open_until: float | None = None
        self._probe: object | None = None

    def enter(self, caller: object) -> None:
        """Return when this caller may call now, perhaps as the probe; else PartnerRestsError."""
        with self._lock:
            if self._open_until is None or self._probe is caller:
                return
            left = self._open_until - self._clock.monotonic()
            if left > 0 or self._probe is not None:
                raise PartnerRestsError(self._sentence(left), retry_after_s=max(left, 0.05))
            self._probe = caller

    def leave(self, caller: object) -> None:
        """Give up the probe, if it was this caller's, without having called."""
        with self._lock:
            if self._probe is caller:
                self._probe = None

    def succeeded(self, caller: object) -> None:
        """Note that the partner has answered: all may call."""
        del caller
        with self._lock:
            if self._open_until is not None:
                self.recoveries += 1
            self._open_until = self._probe = None
            self._failures, self._why, self.fails_to_open = 0, "", False
            self._backoff.reset()

    def failed(
        self, caller: object, why: str, asked_s: float | None = None, *, opening: bool = False
    ) -> None:
        """Note a call without a usable answer; `asked_s` is how long the partner wants to rest."""
        with self._lock:
            self._failures += 1
            self._why, self.fails_to_open = why, opening
            now = self._clock.monotonic()
            if self._open_until is None:
                if self._failures >= _FAILURES or asked_s:
                    self._open_until = now + self._backoff.next_delay_s(asked_s)
            elif self._probe is caller:
                self._probe = None
                self._open_until = now + self._backoff.next_delay_s(asked_s)
            elif asked_s:
                self._open_until = max(self._open_until, now + asked_s)

    def status(self) -> BreakerStatus:
        with self._lock:
            left = 0.0
            state: State = "closed"
            if self._open_until is not None:
                left = max(0.0, self._open_until - self._clock.monotonic())
                state = "open" if left or self._probe is None else "half_open"
            return BreakerStatus(self._partner, state, self._failures, self._why, round(left, 1))

    def _sentence(self, left: float) -> str:
        asked = f"asked again in {left:.0f} s" if left > 0 else "another lane is asking it now"
        return f"partner {self._partner!r} is left alone, {asked}: {self._why}"


@dataclass(slots=True)
class Breakers:
    """The breakers of a worker, by partner and connector."""

    clock: Clock
    _made: dict[tuple[str, str], Breaker] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, partner: str, connector: str) -> Breaker:
        """Return the breaker that all lanes to this partner by this connector share."""
        with self._lock:
            name = (partner, connector)
            if name not in self._made:
                self._made[name] = Breaker(partner, self.clock)
            return self._made[name]

    def statuses(self) -> Iterable[tuple[str, BreakerStatus]]:
        """Return connector and status of each."""
        with self._lock:
            made = list(self._made.items())
        return [(connector, breaker.status()) for (_, connector), breaker in made]

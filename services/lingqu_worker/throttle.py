"""How fast a feed may go: what its agreement says that the partner's system bears."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lingqu.agreements.model import Limits
from lingqu.agreements.state import AgreementState
from lingqu.clock import Clock
from lingqu.connect.api import Batching
from lingqu.connect.batch import Batch
from lingqu.metrics import Metrics
from lingqu_worker.gate import GateClosedError
from lingqu_worker.metrics import THROTTLED_SECONDS

# How large an event is taken to be before any was seen.
_EVENT_BYTES = 1_024
_SLOT_POLL_S = 0.05


class ThrottledError(GateClosedError):
    """The feed goes as fast as it may; the lane's next turn comes shortly."""

    state = "running"


class Throttle:
    """Holds one feed to its limits, over all its lanes of this worker, orders' lanes included.

    A worker has as much of the limits as it has of the topic's partitions, so that all workers
    together keep them. A put is paid for by the time that passes until the next one; nothing is
    saved up at rest. Thread-safe; a caller is any object that stays the same over its calls.
    """

    def __init__(
        self,
        limits: Limits,
        partitions: int,
        clock: Clock,
        waited: Callable[[float], None],
    ) -> None:
        self.limits = limits
        self._partitions = partitions
        self._clock = clock
        self._waited = waited
        self._lock = threading.Lock()
        self._partitions_of: dict[object, int] = {}
        self._calling: dict[object, bool] = {}
        self._refused_at: dict[object, float] = {}
        self._free_at = 0.0

    def join(self, caller: object, partition: int) -> None:
        """Count the partition of a caller into this worker's share."""
        with self._lock:
            self._partitions_of[caller] = partition

    def part(self, caller: object) -> None:
        """Count it no more."""
        self.leave(caller)
        with self._lock:
            self._partitions_of.pop(caller, None)

    def enter(self, caller: object) -> None:
        """Return when this caller may put once; else raise ThrottledError."""
        with self._lock:
            if self._calling.get(caller) is False:
                return
            now = self._clock.monotonic()
            if self._free_at > now:
                self._refuse(caller, now, self._free_at - now)
            if caller not in self._calling and len(self._calling) >= self._slots():
                self._refuse(caller, now, _SLOT_POLL_S)
            self._calling[caller] = False
            self._count_wait(caller, now)
            self._refused_at.pop(caller, None)

    def spend(self, caller: object, batch: Batch) -> None:
        """Note what the caller puts now: its next turn has to be waited for."""
        events, size = self.limits.events_per_s, self.limits.bytes_per_s
        cost_s = len(batch) / events if events is not None else 0.0
        if size is not None:
            cost_s = max(cost_s, _size(batch) / size)
        with self._lock:
            if caller in self._calling:
                self._calling[caller] = True
            now = self._clock.monotonic()
            self._free_at = max(self._free_at, now) + cost_s / self._share()

    def leave(self, caller: object) -> None:
        """Let another lane call."""
        with self._lock:
            self._calling.pop(caller, None)
            self._refused_at.pop(caller, None)

    def _share(self) -> float:
        return max(1, len({*self._partitions_of.values()})) / self._partitions

    def _slots(self) -> float:
        most = self.limits.requests
        return float("inf") if most is None else max(1, int(most * self._share()))

    def _refuse(self, caller: object, now: float, left: float) -> None:
        self._count_wait(caller, now)
        self._refused_at[caller] = now
        sentence = f"no faster than agreed ({_spoken(self.limits)}): on in {left:.1f} s"
        raise ThrottledError(sentence, retry_after_s=left)

    def _count_wait(self, caller: object, now: float) -> None:
        if (since := self._refused_at.get(caller)) is not None:
            self._waited(now - since)


@dataclass(slots=True)
class Throttles:
    """The throttles of a worker, by feed; one whose agreement names no limits is never held."""

    clock: Clock
    metrics: Metrics
    _made: dict[str, Throttle] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, state: AgreementState) -> Throttle:
        """Return the throttle that all lanes of the feed share, under its newest terms."""
        limits, feed = state.delivery.limits or Limits(), state.feed
        with self._lock:
            known = self._made.get(feed)
            if known is None or known.limits != limits:
                known = Throttle(
                    limits,
                    state.partitions,
                    self.clock,
                    lambda seconds: self.metrics.inc(THROTTLED_SECONDS, seconds, feed=feed),
                )
                self._made[feed] = known
            return known


def held(batching: Batching, state: AgreementState) -> Batching:
    """Return the batching, cut so that the lanes of a feed bring a second's worth at a time.

    Not where a batch is a file: that is the partner's to choose, and paid for afterwards.
    """
    limits = state.delivery.limits
    if limits is None:
        return batching
    most = [batching.max_events]
    if limits.events_per_s is not None:
        most.append(max(1, limits.events_per_s // state.partitions))
    if limits.bytes_per_s is not None:
        most.append(max(1, limits.bytes_per_s // _EVENT_BYTES // state.partitions))
    max_put = None if batching.max_put is None else min(batching.max_put, *most)
    return replace(batching, max_events=min(most), max_put=max_put)


def _size(batch: Batch) -> int:
    return sum(map(len, batch.payloads))


def _spoken(limits: Limits) -> str:
    return ", ".join(f"{name}: {most}" for name, most in limits.model_dump().items())

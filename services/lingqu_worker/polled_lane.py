"""A lane that reads for itself: a source that is polled, by the one worker that has its seat."""

from __future__ import annotations

from abc import ABC, abstractmethod

from lingqu.clock import Clock
from lingqu.metrics import Metrics
from lingqu_worker.lane_thread import LaneThread
from lingqu_worker.metrics import BATCH_SECONDS


class PolledWork(ABC):
    """What a polled lane does; all calls come from its thread, all may block and raise LingquError.

    `open` fences earlier owners and finds the progress; `take` brings some rows in and returns when
    they are durable; `close` releases everything, also after a failure, and is followed by `open`
    when the lane goes on.
    """

    every_s: float

    @property
    @abstractmethod
    def taken(self) -> int:
        """Return how many rows were taken in so far, since the connector began."""

    @abstractmethod
    def open(self) -> None: ...

    @abstractmethod
    def check(self) -> None:
        """Raise GateClosedError while nothing may pass."""

    @abstractmethod
    def take(self) -> bool:
        """Bring in what is there now, or a part of it; say whether there may be more right away."""

    @abstractmethod
    def close(self) -> None: ...

    def take_turn(self) -> None:  # noqa: B027 - nothing to wait for
        """Go on at once: whoever polls spares its partner by the pace."""


class PolledLane(LaneThread):
    """Runs one PolledWork: polls on while more is there, and at the source's pace otherwise."""

    def __init__(self, feed: str, work: PolledWork, *, clock: Clock, metrics: Metrics) -> None:
        super().__init__(feed, 0, work, clock=clock, metrics=metrics)
        self._work = work

    def _open(self) -> None:
        self._say("opening", self._status.why)
        self._work.open()
        self._say("running", "", self._work.taken)

    def _work_on(self) -> None:
        while self._await_gate():
            started = self._clock.monotonic()
            more = self._work.take()
            self._backoff.reset()
            self._say("running", "", self._work.taken)
            if more:
                elapsed = self._clock.monotonic() - started
                self._metrics.observe(BATCH_SECONDS, elapsed, feed=self._feed)
            else:
                self._clock.wait(self._work.every_s, self._stop)

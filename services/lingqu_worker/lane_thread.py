"""The thread of a lane: it opens its work, keeps at it, and after any error opens it anew."""

from __future__ import annotations

import logging
import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from lingqu.clock import Clock
from lingqu.errors import FencedError, LingquError, RetriableError
from lingqu.metrics import Metrics
from lingqu_worker.gate import GateClosedError
from lingqu_worker.metrics import RETRIES
from lingqu_worker.pace import PartnerFailedError
from lingqu_worker.parking import ParkedStatus
from lingqu_worker.records import Records
from lingqu_worker.retry import Backoff

logger = logging.getLogger(__name__)

_GATE_POLL_S = 0.5
_FAILED_RETRY_S = 30.0

State = Literal["opening", "running", "waiting", "failed", "fenced", "done", "stopped"]


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """What an operator sees of a lane: its state, why, and how far it is."""

    partition: int
    state: State
    why: str
    next_offset: int | None
    parked: ParkedStatus | None = None


class Work(Protocol):
    """What every lane's work can be asked."""

    def check(self) -> None:
        """Raise GateClosedError while nothing may pass."""
        ...

    def take_turn(self) -> None:
        """Raise GateClosedError while the partner shall not be called."""
        ...

    def close(self) -> None:
        """Release everything, also after a failure."""
        ...


class LaneThread(ABC):
    """Runs one work until stopped or fenced; says at any time what it is doing and why.

    What an inlet asks is answered here for a lane that reads for itself: it never takes records.
    """

    reads: ClassVar[bool] = False
    timed = False
    accepting = False
    resting = False

    def __init__(
        self, feed: str, partition: int, work: Work, *, clock: Clock, metrics: Metrics
    ) -> None:
        self.partition = partition
        self._feed = feed
        self._gated = work
        self._clock = clock
        self._metrics = metrics
        self._backoff = Backoff(random.Random())  # noqa: S311 - jitter, not a secret
        self._stop = threading.Event()
        self._status = LaneStatus(partition, "opening", "", None)
        self._thread = threading.Thread(
            target=self._run, name=f"lane-{feed}-{partition}", daemon=True
        )

    @abstractmethod
    def _open(self) -> None:
        """Open the work."""

    @abstractmethod
    def _work_on(self) -> None:
        """Work until stopped; raises LingquError when the work must be opened anew."""

    def _drop(self) -> None:  # noqa: B027 - not every lane holds something
        """Forget what was not done yet: it is read again after opening."""

    @property
    def status(self) -> LaneStatus:
        return self._status

    @property
    def stuck(self) -> bool:
        """Say whether the lane will not take more for a while."""
        return self._status.state != "running"

    @property
    def congested(self) -> bool:
        """Say whether the inlet should hold back what it has for this lane."""
        return False

    @property
    def ready(self) -> bool:
        """Say whether the lane takes what it is offered."""
        return self.accepting and not self.stuck

    def start(self) -> None:
        self._thread.start()

    def offer(self, records: Records) -> None:  # noqa: B027 - not every lane takes them
        """Take records from the inlet, or drop them: progress says what is read again."""

    def at_end(self, offset: int) -> None:  # noqa: B027 - not every lane asks
        """Hear that all below that offset was offered."""

    def doubt(self, why: str) -> None:  # noqa: B027 - not every lane has been told one
        """Hear that the source says the position is wrong."""

    def stop(self) -> None:
        """Ask the lane to end after the batch in hand."""
        self._stop.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False when the lane is still busy."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self._await_turn():
                    self._open()
                    self._work_on()
            except FencedError as error:
                self._say("fenced", str(error))
                self._stop.set()
            except Exception as error:  # noqa: BLE001 - the edge of the lane: logged, shown, retried
                self._wait_after(error)
            finally:
                self._close()
        if self._status.state not in ("failed", "fenced"):
            self._say("stopped", "")

    def _await_gate(self) -> bool:
        """Hold on until the agreement lets the batch pass; False when stopped meanwhile."""
        passed = self._await(self._gated.check, self._gated.take_turn)
        if passed:
            self._say("running", "")
        return passed

    def _await_turn(self) -> bool:
        """Hold on until the partner may be called to open the work; False when stopped."""
        return self._await(self._gated.take_turn)

    def _await(self, *gates: Callable[[], None]) -> bool:
        while not self._stop.is_set():
            try:
                for gate in gates:
                    gate()
            except GateClosedError as error:
                self._say(error.state, str(error))
                pause = min(_GATE_POLL_S, error.retry_after_s or _GATE_POLL_S)
                self._clock.wait(pause, self._stop)
            else:
                return True
        return False

    def _wait_after(self, error: Exception) -> None:
        self._drop()
        retriable = isinstance(error, RetriableError)
        why = str(error) if isinstance(error, LingquError) else f"{type(error).__name__}: {error}"
        self._say("waiting" if retriable else "failed", why)
        delay = self._delay_after(error)
        self._log(error, why, delay)
        self._metrics.inc(RETRIES, feed=self._feed)
        if not isinstance(error, PartnerFailedError):
            self._clock.wait(delay, self._stop)

    def _delay_after(self, error: Exception) -> float:
        if isinstance(error, PartnerFailedError):
            return error.retry_after_s or 0.0
        delay = self._backoff.next_delay_s(getattr(error, "retry_after_s", None))
        if isinstance(error, GateClosedError):
            return _GATE_POLL_S
        return delay if isinstance(error, RetriableError) else max(delay, _FAILED_RETRY_S)

    def _log(self, error: Exception, why: str, delay: float) -> None:
        fields = {"feed": self._feed, "partition": self.partition, "why": why, "again_in_s": delay}
        if isinstance(error, LingquError):
            logger.warning("lane backs off", extra=fields)
        else:
            logger.error("lane met a defect", extra=fields, exc_info=error)

    def _close(self) -> None:
        self._drop()
        try:
            self._gated.close()
        except Exception:
            logger.exception("lane did not close cleanly", extra={"feed": self._feed})

    def _say(self, state: State, why: str, next_offset: int | None = None) -> None:
        known = next_offset if next_offset is not None else self._status.next_offset
        self._status = LaneStatus(self.partition, state, why, known)

"""A lane: one feed, or one inbound connector, on one source partition, in a thread of its own."""

from __future__ import annotations

import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

from lingqu.clock import Clock
from lingqu.connect.api import Batching
from lingqu.errors import RetriableError
from lingqu.metrics import Metrics
from lingqu_worker.batches import Buffer
from lingqu_worker.gate import GateClosedError
from lingqu_worker.lane_thread import LaneStatus, LaneThread
from lingqu_worker.metrics import BATCH_SECONDS
from lingqu_worker.parking import ParkedStatus
from lingqu_worker.records import Records

_HOLD_S = 0.2
_REST_S = 1.0
_AT_REST = "nothing has come for a while: closed, and opened again by the next event"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a lane goes on; `redo_until` is the end of a range that must be redone whole."""

    next_offset: int
    redo_until: int | None = None


class LaneWork(ABC):
    """What a lane does with its records; all calls come from the lane's thread.

    `open` fences earlier owners and returns the position; `process` returns when the records and
    the progress past them are durable, or some are in hand still and `holds` says so; `close`
    releases everything, also after a failure, and is followed by `open` when the lane goes on. All
    may block; all may raise LingquError.
    """

    batching: Batching
    timed: bool = False  # whether records shall bear their times at the broker

    @abstractmethod
    def open(self) -> Position: ...

    @abstractmethod
    def check(self) -> None:
        """Raise GateClosedError while nothing may pass."""

    def look(self) -> None:
        """Check while nothing has come; what was seen a second ago will do."""
        self.check()

    def take(self, buffer: Buffer, timeout_s: float) -> Records | None:
        """Return the records to process next, or None where there are none in that time."""
        return buffer.take(timeout_s)

    @abstractmethod
    def process(self, records: Records) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    def take_turn(self) -> None:  # noqa: B027 - most have no turn to wait for
        """Raise GateClosedError while the partner shall not be called."""

    def due(self) -> bool:
        """Say whether `attend` has work of its own to do: what was parked, what is in hand."""
        return False

    def attend(self) -> None:  # noqa: B027 - most are never due
        """Do that work, or a part of it."""

    def end(self) -> None:  # noqa: B027 - most leave nothing for the end
        """Make durable what is done already, before the lane ends in good order."""

    def holds(self) -> str:
        """Say why no more records may be brought now; nothing when they may."""
        return ""

    def may_rest(self, idle_s: float) -> bool:
        """Say whether the work is better closed, since nothing has come for so long."""
        del idle_s
        return False

    @property
    def parked(self) -> ParkedStatus | None:
        """What waits apart from the lane's order; None where nothing ever does."""
        return None


class Lane(LaneThread):
    """Runs one LaneWork: opens it, feeds it batches in order, backs off and opens it anew.

    After any error the work is closed, what was buffered is dropped, and the lane asks its inlet
    (`seek`) to read again from the position that opening finds: progress decides what is done.
    A lane at rest has closed its work, too; whatever comes is dropped and has it opened anew.
    """

    reads = True

    def __init__(
        self,
        feed: str,
        partition: int,
        work: LaneWork,
        *,
        seek: Callable[[Lane, int], None],
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        super().__init__(feed, partition, work, clock=clock, metrics=metrics)
        self.accepting = False
        self._work = work
        self._seek = seek
        self._buffer = Buffer(work.batching)
        self.timed = work.timed
        self._redo_until: int | None = None
        self._in_hand: int | None = None
        self._doubt = ""
        self._taking = threading.Lock()
        self._called = threading.Event()
        self._at_end = False
        self._busy_at = 0.0

    @property
    def status(self) -> LaneStatus:
        return replace(self._status, parked=self._work.parked)

    @property
    def congested(self) -> bool:
        if self._redo_until is not None:
            return self._buffer.reaches(self._redo_until)
        return self._buffer.full

    def offer(self, records: Records) -> None:
        """Take records from the inlet; dropped while the lane waits for a seek, or rests."""
        with self._taking:
            self._at_end = False
            if self.accepting:
                self._buffer.offer(records)
            else:
                self._end_rest()

    def at_end(self, offset: int) -> None:
        if self.accepting:
            self._at_end = True
            self._buffer.at_end(offset)

    def doubt(self, why: str) -> None:
        """Open anew before anything more is done: the source says that the position is wrong."""
        self._doubt = why

    def stop(self) -> None:
        """Ask the lane to end after the batch in hand; what is buffered is read again later."""
        super().stop()
        self._buffer.close()
        self._called.set()

    def _await_turn(self) -> bool:
        self._rest()
        return super()._await_turn()

    def _open(self) -> None:
        self._say("opening", self._status.why)
        position = self._work.open()
        self._redo_until = position.redo_until
        self._say("running", "", position.next_offset)
        self._seek(self, position.next_offset)

    def _work_on(self) -> None:
        self._doubt, self._in_hand = "", None
        self._busy_at = self._clock.monotonic()
        while not self._stop.is_set():
            if self._doubt:
                raise RetriableError(self._doubt)
            self._attend()
            if why := self._work.holds():
                self._say("waiting", why)
                self._clock.wait(_HOLD_S, self._stop)
                continue
            self._said_done()
            records = self._take()
            if records is None:
                self._look_around()
                if self._may_rest():
                    break
            elif self._await_gate():
                self._process(records)
        self._work.end()
        self.resting = True

    def _process(self, records: Records) -> None:
        started = self._clock.monotonic()
        self._in_hand = records.next_offset
        self._work.process(records)
        self._metrics.observe(BATCH_SECONDS, self._clock.monotonic() - started, feed=self._feed)
        self._backoff.reset()
        self._redo_until = None
        self._busy_at = self._clock.monotonic()

    def _attend(self) -> None:
        """Let the work do what is due of its own, between two batches."""
        if self._work.due() and self._await_gate():
            self._work.attend()
            self._backoff.reset()
            self._busy_at = self._clock.monotonic()

    def _said_done(self) -> None:
        """Say that what was in hand is done, or that a wait is over."""
        if self._in_hand is not None or self._status.state != "running":
            self._say("running", "", self._in_hand)
            self._in_hand = None

    def _look_around(self) -> None:
        """Find out at rest, too, that the lane must not go on as it is."""
        with contextlib.suppress(GateClosedError):
            self._work.look()

    def _take(self) -> Records | None:
        if self._redo_until is not None:
            return self._buffer.take_until(self._redo_until, _REST_S)
        return self._work.take(self._buffer, _REST_S)

    def _may_rest(self) -> bool:
        if not self._at_end or self._doubt or self._redo_until is not None or self._work.due():
            return False
        return self._work.may_rest(self._clock.monotonic() - self._busy_at)

    def _rest(self) -> None:
        """Wait for something to come; find out meanwhile that the lane must not go on as it is."""
        if self.resting and not self._stop.is_set():
            self._say("running", _AT_REST)
        try:
            while self.resting and not self._called.wait(_REST_S):
                self._look_around()
        finally:
            self.resting = False
            self._called.clear()

    def _end_rest(self) -> None:
        if self.resting:
            self.resting = False
            self._called.set()

    def _drop(self) -> None:
        with self._taking:
            if len(self._buffer):
                self._end_rest()
            self.accepting = self._at_end = False
            self._buffer.clear()

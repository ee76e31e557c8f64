"""A lane of an order: reads its extent by itself, at its own pace, until all of it is done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

from lingqu.agreements.state import AgreementState
from lingqu.kafka.order_reports import OrderReport, ReportState, write_report
from lingqu_worker.lane import Position
from lingqu_worker.lane_thread import LaneThread, Work
from lingqu_worker.records import Records
from lingqu_worker.resources import Resources

_REPORT_EVERY_S = 2.0
_LOOK_AGAIN_S = 0.2
_MOST = 10_000


class OrderWork(Work, Protocol):
    """What an order's lane does; all calls come from its thread, all may raise LingquError."""

    @property
    def in_hand(self) -> bool:
        """Say whether events that were read are not settled yet."""
        ...

    @property
    def sent(self) -> int: ...

    def prepare(self) -> bool:
        """Find out what the order means here; say whether that is anything at all."""
        ...

    def open(self) -> Position: ...

    def batches(
        self, position: Position, most: int, stop: threading.Event
    ) -> Iterator[Records]: ...

    def process(self, records: Records) -> None: ...

    def due(self) -> bool: ...

    def attend(self) -> None: ...

    def note(self, records: Records) -> None:
        """Note what of these is done; asked again after a crash, so harmless then."""
        ...

    def report(self, state: ReportState, why: str = "") -> OrderReport: ...


class OrderLane(LaneThread):
    """Runs one OrderWork to its end, no faster than the order says, and then says that it is done.

    What was done is reported on the hub's Kafka: while it goes on every 2 s, at the end for good.
    """

    def __init__(
        self, state: AgreementState, partition: int, work: OrderWork, resources: Resources
    ) -> None:
        super().__init__(
            state.feed, partition, work, clock=resources.clock, metrics=resources.metrics
        )
        (order,) = state.orders
        self._work = work
        self._resources = resources
        self._rate = None if order.rate is None else order.rate / state.partitions
        self._reported_at = 0.0
        self._position: Position | None = None

    def _open(self) -> None:
        self._say("opening", self._status.why)
        self._position = self._work.open() if self._work.prepare() else None

    def _work_on(self) -> None:
        if self._position is not None:
            self._say("running", "", self._position.next_offset)
            if not self._settled():
                return
            most = _MOST if self._rate is None else max(1, min(_MOST, int(self._rate)))
            for records in self._work.batches(self._position, most, self._stop):
                if not self._deliver(records):
                    return
        if self._stop.is_set():
            return
        self._report("done")
        self._resources.letters.flush()
        self._gated.close()
        self._say("done", "")
        self._stop.wait()

    def _deliver(self, records: Records) -> bool:
        """Deliver some records and wait as the rate says; False when stopped meanwhile."""
        before, began = self._work.sent, self._clock.monotonic()
        if not self._await_gate():
            return False
        self._work.process(records)
        self._work.note(records)
        if self._work.in_hand:
            if not self._settled():
                return False
            self._work.note(records)
        self._backoff.reset()
        self._say("running", "", records.next_offset)
        self._report_now_and_then()
        if self._rate is not None:
            due_s = (self._work.sent - before) / self._rate
            self._clock.wait(max(0.0, due_s - (self._clock.monotonic() - began)), self._stop)
        return not self._stop.is_set()

    def _settled(self) -> bool:
        """Wait until nothing is in hand; False when stopped before that."""
        while self._work.in_hand:
            if self._stop.is_set():
                return False
            if self._work.due() and self._await_gate():
                self._work.attend()
            else:
                self._say("waiting", "the partner has not taken what was sent yet")
                self._report_now_and_then()
                self._clock.wait(_LOOK_AGAIN_S, self._stop)
        return True

    def _wait_after(self, error: Exception) -> None:
        self._report("waiting" if getattr(error, "retriable", False) else "failed", str(error))
        super()._wait_after(error)

    def _report_now_and_then(self) -> None:
        now = self._clock.monotonic()
        if now - self._reported_at >= _REPORT_EVERY_S:
            self._report("running")

    def _report(self, state: ReportState, why: str = "") -> None:
        self._reported_at = self._clock.monotonic()
        report = self._work.report(state, why)
        write_report(self._resources.letters, self._resources.region, self._feed, report)

"""The barrier before a lane of an added partition: what came before it goes out before it."""

from __future__ import annotations

from lingqu.agreements.generations import Before, before
from lingqu.agreements.state import AgreementState
from lingqu.kafka.order_reports import read_reports
from lingqu.kafka.progress import progress_key
from lingqu_worker.gate import GateClosedError
from lingqu_worker.resources import Resources

_EVERY_S = 2.0


class Barrier:
    """Holds a lane back until its feed is done with where the partition's keys were.

    Asked by the lane's thread. What the feed has done there is known from the hub's own copy of its
    progress, which is up to 5 s behind.
    """

    def __init__(self, state: AgreementState, partition: int, resources: Resources) -> None:
        self._state = state
        self._partition = partition
        self._resources = resources
        self._before = before(state.barriers, partition)
        self._asked_at = float("-inf")
        self._why = ""

    def check(self) -> None:
        """Raise GateClosedError while events of the same keys are still to go out."""
        if self._before is None:
            return
        now = self._resources.clock.monotonic()
        if now - self._asked_at >= _EVERY_S:
            self._why, self._asked_at = self._look(self._before), now
        if self._why:
            raise GateClosedError(self._why)
        self._before = None

    def _look(self, before: Before) -> str:
        """Return what is still to be done there; nothing where this lane may begin, or has."""
        done = self._resources.copies.last(self._lane_key(before.partition))
        place = f"topic {self._state.topic!r} has grown, and partition {before.partition}"
        if done is None:
            idle = before.end == 0 or self._is_done(before.partition)
            return "" if idle or self._has_begun() else f"{place} is to be delivered first"
        if done.next_offset < before.end and not self._is_done(before.partition):
            return f"{place} is delivered up to {done.next_offset} of {before.end} only"
        if done.parked and not self._has_begun():
            return f"{place} has {done.parked} parked events that go out first"
        return ""

    def _has_begun(self) -> bool:
        return self._resources.copies.last(self._lane_key(self._partition)) is not None

    def _is_done(self, partition: int) -> bool:
        """Say whether this is an order, and its lane there has done all that it means there."""
        if not self._state.orders:
            return False
        number = self._state.orders[0].number
        reports = read_reports(self._resources.kafka, self._resources.region, self._state.feed)
        return any(
            (each.number, each.partition, each.state) == (number, partition, "done")
            for each in reports
        )

    def _lane_key(self, partition: int) -> bytes:
        state, region = self._state, self._resources.region
        return progress_key(region, state.runs_as, state.topic, partition)

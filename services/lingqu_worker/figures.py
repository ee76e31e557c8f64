"""What a lane counts of the events that it delivers."""

from __future__ import annotations

from collections.abc import Sequence

from lingqu.agreements.state import AgreementState
from lingqu.clock import Clock
from lingqu.connect.batch import Batch
from lingqu.metrics import Metrics
from lingqu_worker.feed import Staged
from lingqu_worker.latency import ages
from lingqu_worker.metrics import DELIVERED, FILTERED, LATENCY, SENT


class Figures:
    """Counts by feed, whole batches at a time.

    What an order sends again was old before it began, so it has no part in the latency.
    """

    def __init__(self, state: AgreementState, metrics: Metrics, clock: Clock) -> None:
        self._state = state
        self._metrics = metrics
        self._clock = clock

    def sent(self, batch: Batch) -> None:
        """Count events that are handed to the sink, whatever comes of it."""
        self._metrics.inc(SENT, len(batch), feed=self._state.feed)

    def taken_but(self, batch: Batch, rejected: Sequence[int]) -> None:
        """Count the events of a batch that the target has just acknowledged, all but these."""
        every = range(len(batch))
        self.taken(batch, sorted({*every} - {*rejected}) if rejected else every)

    def taken(self, batch: Batch, places: Sequence[int]) -> None:
        """Count those events of a batch that the target has just acknowledged."""
        self._metrics.inc(DELIVERED, len(places), feed=self._state.feed)
        if places and not self._state.orders:
            now_ms = int(self._clock.now().timestamp() * 1000)
            found = ages(batch, places, now_ms, LATENCY.buckets)
            self._metrics.observe_counted(LATENCY, found.counts, found.sum_s, feed=self._state.feed)

    def left_out(self, staged: Staged) -> None:
        """Count what is not for this partner."""
        feed = self._state.feed
        self._metrics.inc(FILTERED, staged.filtered, feed=feed, why="filter")
        self._metrics.inc(FILTERED, staged.foreign, feed=feed, why="foreign_origin")

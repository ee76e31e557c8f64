"""An order's lane at work: delivers as the feed does, a known extent, with its own progress."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from dataclasses import replace

from lingqu.kafka.letters import redriven_record
from lingqu.kafka.order_reports import OrderReport, ReportState
from lingqu.kafka.progress import Epoch, Progress
from lingqu.kafka.topics import DEAD_LETTER_TOPIC, TopicFacts
from lingqu_worker.answered import AnsweredDelivery
from lingqu_worker.delivery import Delivery
from lingqu_worker.feed import FeedStage, Staged
from lingqu_worker.feed_spec import FeedSpec
from lingqu_worker.lane import Position
from lingqu_worker.orders.extent import Extent, Extents
from lingqu_worker.orders.range_reader import Range, RangeReader, from_offset
from lingqu_worker.orders.stage import Chosen, OrderStage
from lingqu_worker.records import Records, join
from lingqu_worker.resources import Resources
from lingqu_worker.walk import Put


class OrderDelivery(Delivery):
    """Sends again, or late, what an order means; promises what its sink promises.

    Progress lies where the effect is, under the order's own name, and what was counted lies in it:
    a lane that is killed goes on where it was and counts nothing twice.
    """

    def __init__(
        self, spec: FeedSpec, today: FeedStage, partition: int, resources: Resources
    ) -> None:
        super().__init__(spec, partition, resources)
        state = spec.state
        self._today = today
        self._reader = RangeReader(resources.kafka, state.topic, partition)
        self._extent = Extent([], 1, OrderStage.of_nothing(today))
        self._noted = 0

    def prepare(self) -> bool:
        """Find the extent; say whether there is anything to open for."""
        extents = Extents(self._spec.state, self._partition, self._resources, self._reader)
        self._extent = extents.find(self._today)
        self._spec = replace(self._spec, stage=self._extent.stage)
        return bool(self._extent.ranges)

    def note(self, records: Records) -> None:
        """Say of each event that had a dead letter and was sent that it was redriven."""
        (order,) = self._spec.state.orders
        if order.kind != "redrive":
            return
        place = (self._spec.state.feed, self._spec.state.topic, self._partition)
        end, waiting = self._progress.next_offset, self._waiting()
        sent = self._extent.stage.apply(records, 1).batch.offsets
        offsets = [each for each in sent if each < end and each not in waiting]
        if offsets:
            record = redriven_record(*place, order.attempt, offsets)
            self._resources.letters.deliver(DEAD_LETTER_TOPIC, [record])
        if not self.in_hand:
            self._noted = records.next_offset

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._reader.close()

    @property
    def in_hand(self) -> bool:
        """Say whether events that were read are not settled yet."""
        return bool(self.holds())

    @property
    def sent(self) -> int:
        return self._counts()[0]

    def batches(self, position: Position, most: int, stop: threading.Event) -> Iterator[Records]:
        """Yield what is left to be done; first, as a whole, a range that was begun.

        What a run before this one has sent and perhaps not said is said before.
        """
        for records in self._reader.read(self._unsaid(position.next_offset), most, stop):
            self.note(records)
        if position.redo_until is not None:
            begun = [(position.next_offset, position.redo_until)]
            parts = list(self._reader.read(begun, self.batching.max_events, stop))
            if stop.is_set():
                return
            yield join(parts)
        following = position.redo_until or position.next_offset
        yield from self._reader.read(from_offset(self._extent.ranges, following), most, stop)

    def report(self, state: ReportState, why: str = "") -> OrderReport:
        """Return what control is told of this lane."""
        (order,) = self._spec.state.orders
        sent, withheld, dead = self._counts()
        return OrderReport(
            order.number,
            self._partition,
            state,
            why,
            self._progress.next_offset,
            self._extent.end,
            self._progress.next_sequence,
            sent,
            withheld,
            dead,
            self._extent.gone,
        )

    def _unsaid(self, done: int) -> list[Range]:
        """Return where events may be redriven without a record of it."""
        if self._spec.state.orders[0].kind != "redrive":
            return []
        before = [(first, min(end, done)) for first, end in self._extent.ranges if first < done]
        return from_offset(before, self._noted)

    def _waiting(self) -> Collection[int]:
        """Return the offsets of events that were read and wait for the partner."""
        return ()

    def _beginning(self, facts: TopicFacts) -> Progress:
        first = self._extent.first_sequence
        if self._extent.ends_at_zero:
            first -= self._taken()
        begin = self._extent.begin
        return Progress(facts.topic_id, begin, first, partitions=facts.partitions, counts=(0, 0, 0))

    def _taken(self) -> int:
        """Return how many numbers the extent takes."""
        following, most = 1, self.batching.max_events
        for records in self._reader.read(self._extent.ranges, most, threading.Event()):
            following = self._extent.stage.apply(records, following).next_sequence
        return following - 1

    def _progress_after(self, records: Records, staged: Staged) -> Progress:
        done = super()._progress_after(records, staged)
        return self._counted(done, staged, done.next_offset)

    def _counted(self, done: Progress, staged: Staged, end: int) -> Progress:
        assert isinstance(staged, Chosen)  # noqa: S101 - that is what an order's stage returns
        more = staged.counts(self._progress.next_offset, end)
        counts = tuple(a + b for a, b in zip(self._counts(), more, strict=True))
        return replace(done, counts=counts)

    def _counts(self) -> tuple[int, int, int]:
        sent, withheld, dead = self._progress.counts or (0, 0, 0)
        return sent, withheld, dead

    def _terms_of(self, epoch: Epoch) -> FeedSpec:
        terms = super()._terms_of(epoch)
        today = self._resources.stage(terms.state)
        extents = Extents(terms.state, self._partition, self._resources, self._reader)
        return replace(terms, stage=extents.find(today).stage)

    def _check_pouring(self, records: Records, staged: Staged) -> None:
        """Let letters of what cannot be read be tried again, however many."""

    def _note(self, done: Progress) -> None:
        """Leave marks to the feed's own lane."""
        self._resources.copies.note(self._key, done)


class OrderAnswered(OrderDelivery, AnsweredDelivery):
    """The same to a partner that answers for each event."""

    @property
    def in_hand(self) -> bool:
        return bool(self.holds()) or self.parked.events > 0

    def _progress_after(self, records: Records, staged: Staged) -> Progress:
        return super(OrderDelivery, self)._progress_after(records, staged)

    def _save(self, done: Progress) -> None:
        """Count what the walk has come past, in the same commit."""
        if self._walk is not None:
            done = self._counted(done, self._walk.staged, done.next_offset)
        super()._save(done)

    def _save_is_due(self) -> bool:
        """Leave nothing for later: what was counted lies in the progress."""
        return True

    def _waiting(self) -> Collection[int]:
        return self._parking.offsets

    def _due_put(self) -> Put:
        """Show parked events as today's view does; they have their numbers."""
        spec = self._spec
        self._spec = replace(spec, stage=self._today)
        try:
            return super()._due_put()
        finally:
            self._spec = spec

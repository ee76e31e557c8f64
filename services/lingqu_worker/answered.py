"""Delivery to a partner that answers for each event: verdicts, parked keys, its own pace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lingqu.connect.api import Delivered, Outcome, ProgressRecord
from lingqu.connect.binary import Binary
from lingqu.errors import LingquError, Reason, RetriableError
from lingqu.kafka.progress import Progress
from lingqu.kafka.topics import DEAD_LETTER_TOPIC, PARKED_TOPIC
from lingqu_worker.dead_letters import dead_letter
from lingqu_worker.delivery import Delivery, Effect
from lingqu_worker.feed_spec import FeedSpec
from lingqu_worker.gate import GateClosedError
from lingqu_worker.judge import Judge
from lingqu_worker.lane import Position
from lingqu_worker.metrics import RETRIES
from lingqu_worker.pace import PartnerFailedError
from lingqu_worker.parked_records import ParkedRecords
from lingqu_worker.parking import Change, ParkedEvent, ParkedStatus, Parking
from lingqu_worker.records import Records
from lingqu_worker.resources import Resources
from lingqu_worker.walk import Put, Walk

# Each record of progress is a transaction of the broker's, and costs it more than the events.
_SAVE_EVERY_S = 0.5

_UNDELIVERABLE = Reason(
    "undeliverable", "parked under earlier terms; today's agreement does not let it out"
)


class AnsweredDelivery(Delivery):
    """A feed on one partition whose partner judges each event.

    At least once under stable ids, in order per key among first deliveries. What the partner wants
    to have again is parked with its key, durably: parked events, dead letters and progress are one
    transaction. Where all was accepted, progress may follow half a second later: what a crash makes
    be sent again has the same ids. One call at a time; one whose answer is unknown is made again
    before any other.
    """

    def __init__(self, spec: FeedSpec, partition: int, resources: Resources) -> None:
        super().__init__(spec, partition, resources)
        self._stored = ParkedRecords(self._key, spec.dead_letters.sealing_key)
        self._walk: Walk | None = None
        self._again: Put | None = None
        self._begin_anew()

    def open(self) -> Position:
        """Open as any delivery does, then restore what is parked, before anything is sent."""
        self._begin_anew()
        position = super().open()
        self._done = self._progress
        if self._progress.parked:
            kafka = self._resources.kafka
            self._parking.restore(self._stored.read(kafka, self._progress.parked))
        self._parked = self._parking.status()
        return position

    def process(self, records: Records) -> None:
        """Deliver what the view makes of the records, as far as partner and parking let it."""
        try:
            staged = self._spec.stage.apply(records, self._done.next_sequence)
            self._check_pouring(records, staged)
        except LingquError:
            self.end()  # what was answered for before it is not put again
            raise
        walk = self._walk = Walk(records, staged, self._judge.now_ms())
        self._go_on(walk)

    def due(self) -> bool:
        if self._again is not None or self._parking.due(self._judge.now_ms()):
            return True
        if self._done is not self._progress and self._save_is_due():
            return True
        return self._walk is not None and self._parking.room > 0

    def attend(self) -> None:
        """Go on with what is in hand, else release parked keys whose time has come."""
        self.end()
        released = self._again.released if self._again is not None else not self._parking.room
        if self._walk is not None and not released:
            self._go_on(self._walk)
        else:
            self._release()

    def end(self) -> None:
        if self._done is not self._progress:
            self._write(list(self._parking.changes()))

    def holds(self) -> str:
        if not self._parking.room:
            return (
                f"{len(self._parking)} events are parked, the most there may be: the partner has "
                "to take some before more can be read"
            )
        if self._walk is not None or self._again is not None:
            return self._pace.why or "what is in hand is not delivered yet"
        return ""

    def may_rest(self, idle_s: float) -> bool:
        """Rest only where nothing is parked, that would have to be sent in time."""
        return not (len(self._parking) or self.holds()) and super().may_rest(idle_s)

    @property
    def parked(self) -> ParkedStatus:
        return self._parked

    def _begin_anew(self) -> None:
        """Hold nothing: what was not committed is read again."""
        state, resources = self._spec.state, self._resources
        self._parking = Parking(resources.parked_events, state.partitions, resources.schedule)
        self._parked = self._parking.status()
        self._judge = Judge(
            state.recipient.partner,
            self._parking,
            resources.clock,
            most=self.batching.max_put or self.batching.max_events,
            parks_rejected=state.on_reject == "park_key",
        )
        self._walk = self._again = None
        self._done, self._saved_at = self._progress, float("-inf")

    def _go_on(self, walk: Walk) -> None:
        """Put on and on, until the end, the bound of parking, or a call without an answer."""
        try:
            while not walk.over and self._parking.room:
                put = self._again or walk.next_put(self._judge.limit, self._parking)
                heard = self._ask(put)
                if heard is None:
                    break
                if heard:
                    walk.pass_by(put)
        except LingquError:
            self._settle(walk)  # what was answered for before it is not put again
            raise
        finally:
            self._pace.leave()
        self._settle(walk)

    def _release(self) -> None:
        """Try parked events whose time has come, in one call."""
        self._ask(self._again or self._due_put())
        self._pace.leave()
        self._save(self._done)

    def _due_put(self) -> Put:
        """Return what is due as today's view shows it; what has no view any more ends here."""
        events = self._parking.take_due(self._judge.now_ms(), self._judge.limit)
        staged = self._spec.stage.apply(self._as_records(events), 1)
        by_offset = {event.offset: event for event in events}
        shown = [by_offset.pop(offset) for offset in staged.batch.offsets]
        reasons = {events[dead.index].offset: dead.reason for dead in staged.dead}
        for offset, event in by_offset.items():
            self._judge.end(event, reasons.get(offset, _UNDELIVERABLE), staged.batch)
            self._parking.settle(event)
        batch = staged.batch.numbered([event.sequence for event in shown])
        return Put(batch, shown.__getitem__)

    def _as_records(self, events: list[ParkedEvent]) -> Records:
        return Records(
            self._spec.state.topic,
            self._partition,
            [event.offset for event in events],
            Binary.of([event.key for event in events]),
            Binary.of([event.value for event in events]),
        )

    def _ask(self, put: Put) -> bool | None:
        """Put it and act on the answer; None where there is none, and it stays to be put again."""
        if not len(put.batch):
            return self._judge.hear(put, Delivered())
        self._again = put
        try:
            self._pace.take_turn()
            with self._pace.calling():
                heard = self._judge.hear(put, self._call(put))
        except GateClosedError:
            return None
        except PartnerFailedError:
            self._resources.metrics.inc(RETRIES, feed=self._spec.state.feed)
            return None
        self._again = None
        self._pace.succeeded()
        return heard

    def _call(self, put: Put) -> Outcome:
        if self._sink is None:
            raise RetriableError(f"feed {self._spec.state.feed!r} is not open")
        self._figures.sent(put.batch)
        self._pace.spend(put.batch)
        return self._sink.put(put.batch, ProgressRecord(self._key, b""))

    def _settle(self, walk: Walk) -> None:
        """Make durable how far the walk has come, with all that was decided on the way."""
        done = replace(
            self._progress_after(walk.records, walk.staged),
            next_offset=walk.next_offset,
            next_sequence=walk.next_sequence,
        )
        begun = self._done.next_offset
        self._judge.letters += [
            dead_letter(walk.records, dead)
            for dead in walk.staged.dead
            if begun <= walk.records.offsets[dead.index] < done.next_offset
        ]
        self._save(done)
        if walk.over:
            self._walk = None
            self._figures.left_out(walk.staged)

    def _save(self, done: Progress) -> None:
        """Commit progress, parked events and dead letters together, where anything has changed.

        Progress alone may wait for what follows, unless something is in hand that has to wait.
        """
        judge, changes = self._judge, list(self._parking.changes())
        if done.next_offset != self._done.next_offset or changes or judge.letters:
            self._done = replace(done, parked=len(self._parking))
        if self._done is self._progress:
            return
        waits = self._walk is not None and not self._walk.over
        if waits or changes or judge.letters or self._save_is_due():
            self._write(changes)
        for batch, places in judge.accepted:
            self._figures.taken(batch, places)
        self._spec.dead_letters.count(judge.letters, self._resources.metrics)
        judge.letters, judge.accepted = [], []

    def _save_is_due(self) -> bool:
        return self._resources.clock.monotonic() - self._saved_at >= _SAVE_EVERY_S

    def _write(self, changes: Sequence[Change]) -> None:
        self._commit(self._done, self._effects(changes))
        self._saved_at = self._resources.clock.monotonic()
        self._parking.saved()
        self._parked = self._parking.status()

    def _effects(self, changes: Sequence[Change]) -> Iterator[Effect]:
        """Yield the records that go with progress."""
        for letter in self._judge.letters:
            record = self._spec.dead_letters.record(letter)
            yield Effect(DEAD_LETTER_TOPIC, record.key, record.value)
        for change in changes:
            stored = self._stored.record(change)
            yield Effect(PARKED_TOPIC, stored.key, stored.value, self._stored.partition)

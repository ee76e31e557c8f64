"""Altered offsets: where a feed that is stopped goes on, as an operator says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from lingqu.agreements.state import AgreementState
from lingqu.errors import PermanentError
from lingqu.kafka.order_reports import OrderReport, ReportState
from lingqu.kafka.progress import Progress
from lingqu_worker.delivery import Delivery
from lingqu_worker.feed import FeedStage
from lingqu_worker.feed_spec import FeedSpec
from lingqu_worker.gate import Gate, GateClosedError
from lingqu_worker.lane import Position
from lingqu_worker.marks import Mark
from lingqu_worker.orders.numbers import CountedNumbers, Wanted
from lingqu_worker.orders.range_reader import RangeReader
from lingqu_worker.records import Records

_MOST = 10_000


class StoppedGate(Gate):
    """Open only while the feed is stopped: whoever alters its offsets is alone then."""

    def check(self) -> None:
        state = self._newest()
        if not self._table.fresh() or state is None or not state.paused:
            raise GateClosedError("the feed is not known to be stopped; the order waits")


class MovedDelivery(Delivery):
    """A feed's own lane, opened to write another progress and nothing else.

    Fences as any opening does, so that a worker that has not heard of the stop changes nothing.
    """

    def move(self, to: int | None, today: FeedStage) -> tuple[Progress, Progress]:
        """Go to an offset, None for the beginning; return the progress before and after."""
        facts = self._source.facts()
        stored = self._start()
        begun = self._source.beginning(facts, self._partition)
        before = begun if stored is None else Progress.decode(stored)
        moved = self._moved(before, begun, begun.next_offset if to is None else to, today)
        self._write(moved)
        self._resources.copies.replace(self._key, moved)
        return before, moved

    def _moved(self, before: Progress, begun: Progress, to: int, today: FeedStage) -> Progress:
        bounds = self._source.bounds(self._partition)
        if not bounds.oldest <= to <= bounds.end:
            raise PermanentError(
                f"{self._place()} holds offsets {bounds.oldest} to {bounds.end}, and {to} is asked "
                "for; name one of those"
            )
        if before.parked:
            raise PermanentError(
                f"{self._place()}: {before.parked} events are parked and would be sent out of "
                "order; resume the feed until its partner has taken them"
            )
        kept = replace(before, partitions=begun.partitions, topic_id=begun.topic_id)
        if before.topic_id != begun.topic_id or to >= before.next_offset:
            return replace(kept, next_offset=to, intent=None)
        number = self._number_at(before, to, today)
        return replace(kept, next_offset=to, next_sequence=number, intent=None)

    def _number_at(self, before: Progress, to: int, today: FeedStage) -> int:
        """Return the number that comes next at an offset already passed."""
        feed = self._spec.state.feed
        if self._spec.sink.needs_intent:
            raise PermanentError(
                f"{self._place()}: files of feed {feed!r} hold what lies behind offset {to}, and "
                "each event is in one file only; lingqu feed replay writes it into others"
            )
        marks = self._resources.marks.read(self._key, before.topic_id)
        marks = [mark for mark in marks if mark.offset <= to]
        epoch = before.epoch.number if before.epoch is not None else 0
        if not marks:
            raise PermanentError(
                f"{self._place()}: the number of offset {to} is not known any more; lingqu feed "
                "replay sends again what is still known"
            )
        if marks[-1].epoch != epoch:
            raise PermanentError(
                f"{self._place()}: filter or view of feed {feed!r} have changed since offset {to}, "
                "and numbers would name other events; lingqu feed replay keeps them apart"
            )
        return self._counted(marks[-1], to, today)

    def _counted(self, mark: Mark, to: int, today: FeedStage) -> int:
        numbers = CountedNumbers([mark], Wanted(to, None, None), lambda _: today)
        reader = RangeReader(self._resources.kafka, self._source.name, self._partition)
        following = mark.sequence
        try:
            for records in reader.read([(mark.offset, to)], _MOST, threading.Event()):
                following = numbers.of(records, following).next_sequence
        finally:
            reader.close()
        return following

    def _write(self, moved: Progress) -> None:
        if self._log is not None:
            self._record(self._log, moved)
        elif self._sink is not None:
            nothing = self._spec.stage.apply(self._no_records(), 1).batch
            self._put(self._sink, nothing, moved)

    def _place(self) -> str:
        return f"topic {self._source.name!r}, partition {self._partition}"


class OffsetsWork:
    """Carries out an order on offsets in one partition; `sent` is always 0."""

    in_hand = False
    sent = 0

    def __init__(
        self, order: AgreementState, spec: FeedSpec, today: FeedStage, delivery: MovedDelivery
    ) -> None:
        (self._order,) = order.orders
        self._spec = spec
        self._today = today
        self._delivery = delivery
        self._partition = delivery.partition
        self._moved = Progress("", 0)

    def prepare(self) -> bool:
        return str(self._partition) in self._order.selection.offsets

    def open(self) -> Position:
        self.check()
        to = self._order.selection.offsets[str(self._partition)]
        _, self._moved = self._delivery.move(None if to < 0 else to, self._today)
        return Position(self._moved.next_offset)

    def check(self) -> None:
        self._spec.gate.check()

    def take_turn(self) -> None:
        self._delivery.take_turn()

    def batches(self, position: Position, most: int, stop: threading.Event) -> Iterator[Records]:
        del position, most, stop
        return iter(())

    def process(self, records: Records) -> None:
        del records

    def due(self) -> bool:
        return False

    def attend(self) -> None:
        """Nothing waits here."""

    def note(self, records: Records) -> None:
        """All was done on opening."""

    def close(self) -> None:
        self._delivery.close()

    def report(self, state: ReportState, why: str = "") -> OrderReport:
        place = (self._order.number, self._partition, state, why)
        at = self._moved.next_offset
        return OrderReport(*place, at, at, self._moved.next_sequence)

"""How far an order reaches in one partition: from where to where, and under which numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lingqu.agreements.orders import OrderState
from lingqu.agreements.state import AgreementState
from lingqu.errors import PermanentError, RetriableError
from lingqu.kafka.letters import StoredLetter
from lingqu.kafka.progress import Progress, progress_key
from lingqu_worker.feed import FeedStage
from lingqu_worker.marks import Mark
from lingqu_worker.orders.meant_letters import meant_letters
from lingqu_worker.orders.numbers import CountedNumbers, LetterNumbers, Wanted
from lingqu_worker.orders.range_reader import Range, RangeReader, ranges_of
from lingqu_worker.orders.stage import BackfillStage, OrderStage
from lingqu_worker.resources import Resources


@dataclass(frozen=True, slots=True)
class Extent:
    """What one lane of an order has to read, and what is made of it.

    `gone` events are meant and not kept by the topic any more. Where `ends_at_zero`, the numbers
    end where those of the feed itself begin: the first one is found by counting.
    """

    ranges: Sequence[Range]
    first_sequence: int
    stage: OrderStage
    letters: Sequence[StoredLetter] = ()
    gone: int = 0
    ends_at_zero: bool = False

    @property
    def begin(self) -> int:
        return self.ranges[0][0] if self.ranges else 0

    @property
    def end(self) -> int:
        return self.ranges[-1][1] if self.ranges else self.begin


class Extents:
    """Finds the extent of one order in one partition of its feed's topic."""

    def __init__(
        self, state: AgreementState, partition: int, resources: Resources, reader: RangeReader
    ) -> None:
        (order,) = state.orders
        self._state = state
        self._order: OrderState = order
        self._partition = partition
        self._resources = resources
        self._reader = reader
        source = resources.source_topic(state.topic, state.feed)
        self._topic_id = source.facts().topic_id
        self._bounds = source.bounds(partition)
        self._lane_key = progress_key(resources.region, state.feed, state.topic, partition)

    def find(self, today: FeedStage) -> Extent:
        """Return the extent; the same order has the same one whenever it is asked for."""
        asked = self._order.selection.partition
        if asked is not None and asked != self._partition:
            return Extent([], 1, OrderStage.of_nothing(today))
        if self._order.kind == "redrive":
            return self._of_letters(today)
        if self._order.kind == "replay":
            return self._of_replay(today)
        return self._of_backfill(today)

    def _stage(self, today: FeedStage, numbers: CountedNumbers | LetterNumbers) -> OrderStage:
        redrives = self._order.kind == "redrive"
        return OrderStage(today, self._state.runs_as, numbers, keeps_dead=redrives)

    def _of_letters(self, today: FeedStage) -> Extent:
        found = meant_letters(self._resources.kafka, self._state, self._partition)
        meant = [letter for letter in found if letter.topic == self._state.topic]
        numbers = {
            letter.offset: letter.sequence
            for letter in meant
            if letter.sequence is not None and letter.offset >= self._bounds.oldest
        }
        stage = self._stage(today, LetterNumbers(numbers))
        ranges = ranges_of(sorted(numbers))
        return Extent(ranges, 1, stage, letters=meant, gone=len(meant) - len(numbers))

    def _of_replay(self, today: FeedStage) -> Extent:
        chosen, marks = self._order.selection, self._marks()
        live = self._live()
        until = min(self._order.at_ms, chosen.until_ms or self._order.at_ms)
        end = min(live, self._reader.offset_at(until, live))
        first = 0 if chosen.from_ms is None else self._reader.offset_at(chosen.from_ms, end)
        first = max(first, self._bounds.oldest)
        if not marks:
            return Extent([], 1, OrderStage.of_nothing(today))
        wanted = Wanted(first, chosen.first_sequence, chosen.last_sequence)
        mark = self._begin(marks, wanted)
        stage_of = self._resources.stage
        numbers = CountedNumbers(marks, wanted, lambda old: stage_of(replace(old, orders=())))
        behind = [each.offset for each in marks if self._beyond(each)]
        ends = min([end, *behind])
        ranges = [(mark.offset, ends)] if mark.offset < ends else []
        gone = self._gone(marks, mark)
        return Extent(ranges, mark.sequence, self._stage(today, numbers), gone=gone)

    def _gone(self, marks: Sequence[Mark], begin: Mark) -> int:
        """Return how many numbers of those wanted cannot be counted any more."""
        chosen = self._order.selection
        if chosen.from_ms is not None:
            return 0
        first = max(marks[0].sequence, chosen.first_sequence or 1)
        last = begin.sequence if chosen.last_sequence is None else chosen.last_sequence + 1
        return max(0, min(begin.sequence, last) - first)

    def _beyond(self, mark: Mark) -> bool:
        last = self._order.selection.last_sequence
        return last is not None and mark.sequence > last

    def _begin(self, marks: Sequence[Mark], wanted: Wanted) -> Mark:
        """Return the last mark before what is wanted; counting begins there."""
        kept = [mark for mark in marks if mark.offset >= self._bounds.oldest]
        if not kept:
            raise PermanentError(
                f"{self._place()} keeps none of the offsets at which feed {self._state.feed!r} has "
                "noted its numbers; redrive what has dead letters, or order what comes from now on"
            )
        before = [
            mark
            for mark in kept
            if mark.offset <= wanted.first_offset or mark.sequence <= (wanted.first_sequence or 0)
        ]
        return before[-1] if before else kept[0]

    def _of_backfill(self, today: FeedStage) -> Extent:
        """Reach up to where the feed itself began: its first number is 1, the last here is 0."""
        handover = self._handover()
        oldest, chosen = self._bounds.oldest, self._order.selection
        if chosen.from_ms is not None:
            oldest = max(oldest, self._reader.offset_at(chosen.from_ms, handover))
        codec = self._resources.schemas.codec(self._state.derived_schema)
        stage = BackfillStage(today, self._state.runs_as, codec)
        ranges = [(oldest, handover)] if oldest < handover else []
        return Extent(ranges, 1, stage, ends_at_zero=True)

    def _marks(self) -> list[Mark]:
        return self._resources.marks.read(self._lane_key, self._topic_id)

    def _handover(self) -> int:
        """Return the offset at which the feed's own lane began."""
        marks = self._marks()
        if marks and marks[0].sequence == 1:
            return marks[0].offset
        copy = self._copy()
        if copy is None:
            raise RetriableError(
                f"{self._place()}: feed {self._state.feed!r} has not begun yet; the order waits"
            )
        if copy.next_sequence != 1:
            raise PermanentError(
                f"feed {self._state.feed!r} has not noted where it began; what came before cannot "
                "be told from what it has sent: replay what is missing instead"
            )
        return copy.next_offset

    def _live(self) -> int:
        """Return how far the feed's own lane is: what it has not sent is not sent again."""
        copy = self._copy()
        return min(self._bounds.end, copy.next_offset if copy is not None else 0)

    def _copy(self) -> Progress | None:
        return self._resources.copies.last(self._lane_key)

    def _place(self) -> str:
        return f"topic {self._state.topic!r}, partition {self._partition}"

"""A lane's records cut where a period ends: by their own times, or by the clock in silence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from tests.support.clock import FakeClock

from lingqu.connect.api import Batching
from lingqu.connect.binary import Binary
from lingqu.connect.periods import Periods
from lingqu.kafka.progress import Intent, Progress
from lingqu_worker.batches import Buffer
from lingqu_worker.periodic import Cutter
from lingqu_worker.records import Records

HOUR = 3_600_000
MOST = 5


@dataclass
class LaneOnTrial:
    """A lane's buffer and cutter on a day that begins at eight, with one topic's end."""

    clock: FakeClock = field(
        default_factory=lambda: FakeClock(datetime(2026, 1, 5, 0, 1, tzinfo=UTC))
    )
    end: int = 0
    asked: int = 0

    def __post_init__(self) -> None:
        self.periods = Periods("hour")
        self.buffer = Buffer(Batching(MOST, periods=self.periods))
        self.cutter = Cutter(self.periods, MOST, self.now, self.end_of_log)
        self.since = self.periods.begun_by(self.now())
        self.progress = Progress("t", 0, period=(self.since, 0))

    def now(self) -> int:
        return int(self.clock.now().timestamp() * 1_000)

    def end_of_log(self) -> int:
        self.asked += 1
        return self.end

    def offer(self, *minutes: float) -> None:
        """Records of so many minutes after the hour arrive."""
        count, stamps = len(minutes), [self.since + int(each * 60_000) for each in minutes]
        offsets = range(self.end, self.end + count)
        nothing = Binary.of([b""] * count)
        self.buffer.offer(Records("t", 0, offsets, nothing, nothing, stamps=stamps))
        self.end += count

    def cut(self) -> tuple[int, int, int, bool] | None:
        """Return how many go, of the hour how many after the first, as which part, and whether it
        closes."""
        found = self.cutter.next(self.buffer, self.progress)
        if found is None:
            return None
        count, period = found
        if count:
            self.buffer.cut(count)
        now = (period.until_ms, 0) if period.closes else (period.since_ms, period.part)
        self.progress = replace(self.progress, period=now)
        return count, (period.since_ms - self.since) // HOUR, period.part, period.closes


@pytest.fixture
def lane() -> LaneOnTrial:
    return LaneOnTrial()


def test_a_period_stays_open_until_a_record_of_a_later_one_comes(lane: LaneOnTrial) -> None:
    lane.offer(1, 30, 59.99)
    assert lane.cut() is None
    lane.offer(60, 61)
    assert lane.cut() == (3, 0, 1, True)
    assert lane.cut() is None


def test_in_silence_it_closes_a_minute_after_its_end_when_all_is_read(lane: LaneOnTrial) -> None:
    lane.offer(1, 30)
    lane.clock.advance(59 * 60 + 59)
    assert lane.cut() is None
    lane.end += 1  # a record that is not read yet
    lane.clock.advance(60)
    assert lane.cut() is None
    lane.end -= 1
    lane.offer(59)
    assert lane.cut() == (3, 0, 1, True)
    assert lane.asked == 1


def test_the_end_of_the_partition_counts_as_read_where_markers_lie(lane: LaneOnTrial) -> None:
    lane.offer(1)
    lane.end += 1  # a transaction's marker
    lane.clock.advance(3_700)
    assert lane.cut() is None
    lane.buffer.at_end(2)
    assert lane.cut() == (1, 0, 1, True)


def test_each_period_without_a_record_closes_empty(lane: LaneOnTrial) -> None:
    lane.clock.advance(3 * 3_600)
    assert [lane.cut(), lane.cut(), lane.cut(), lane.cut()] == [
        (0, 0, 1, True),
        (0, 1, 1, True),
        (0, 2, 1, True),
        None,
    ]


def test_records_that_jump_over_periods_leave_empty_ones_behind(lane: LaneOnTrial) -> None:
    lane.offer(10, 190)
    assert [lane.cut(), lane.cut(), lane.cut(), lane.cut()] == [
        (1, 0, 1, True),
        (0, 1, 1, True),
        (0, 2, 1, True),
        None,
    ]


def test_a_late_record_goes_into_the_open_period_and_opens_none_again(lane: LaneOnTrial) -> None:
    lane.offer(10, 70, 20, 75)
    assert lane.cut() == (1, 0, 1, True)
    lane.offer(121)
    assert lane.cut() == (3, 1, 1, True)


def test_what_is_too_much_for_a_file_goes_out_in_parts_and_the_last_closes(
    lane: LaneOnTrial,
) -> None:
    lane.offer(*range(12))
    assert [lane.cut(), lane.cut()] == [(5, 0, 1, False), (5, 0, 2, False)]
    assert lane.cut() is None
    lane.offer(60)
    assert lane.cut() == (2, 0, 3, True)


def test_a_file_just_full_closes_its_period(lane: LaneOnTrial) -> None:
    lane.offer(*range(5), 60)
    assert lane.cut() == (5, 0, 1, True)


def test_progress_and_intent_keep_their_periods() -> None:
    intent = Intent(7, 8, 5, 2, period=(1, 2, 1, 1))
    progress = Progress("t", 5, intent=intent, period=(1, 0))
    assert Progress.decode(progress.encode()) == progress
    assert Progress.decode(Progress("t", 5, intent=Intent(7, 8, 5, 2)).encode()).period == ()

"""Deliveries to files, which may each hold the events of a period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lingqu.connect.periods import Period, Periods
from lingqu.kafka.progress import Progress
from lingqu_worker.batches import Buffer
from lingqu_worker.delivery import Delivery
from lingqu_worker.feed import Staged
from lingqu_worker.feed_spec import FeedSpec
from lingqu_worker.lane import Position
from lingqu_worker.records import Records
from lingqu_worker.resources import Resources

# What was written before the cut-off may come a little after it, and no two clocks agree.
GRACE_MS = 60_000


@dataclass(slots=True)
class Cutter:
    """Cuts a lane's records where a period ends.

    A record is of the open period when its time at the broker lies before the period's end, also
    when it is older. The first one that is not closes it; where none comes, so does the clock, a
    minute after the end, once all is read that the topic held by then (`end_of_log`).
    """

    periods: Periods
    most: int
    now_ms: Callable[[], int]
    end_of_log: Callable[[], int]
    _ends: dict[int, int] = field(default_factory=dict)

    def next(self, buffer: Buffer, progress: Progress) -> tuple[int, Period] | None:
        """Return how many records go into the next file, and of what it is; None: wait."""
        since, parts = progress.period
        until = self.periods.end_after(since)
        over = self._over(until, buffer)
        count, passed = buffer.before(until)
        closes = count <= self.most and (passed or over)
        if count <= self.most and not closes:
            return None
        period = Period(since, until, parts + 1, closes, progress.next_sequence)
        return min(count, self.most), period

    def _over(self, until: int, buffer: Buffer) -> bool:
        if self.now_ms() < until + GRACE_MS:
            return False
        if until not in self._ends:
            self._ends = {until: self.end_of_log()}
        return buffer.read_to >= self._ends[until]


class PeriodicDelivery(Delivery):
    """A feed on one partition into files: of periods, where its options say so.

    A closed period is never opened again: what it is lies in the intent before the file is begun,
    and what is open in the progress after it. So a file that was begun is redone as what it was.
    """

    def __init__(self, spec: FeedSpec, partition: int, resources: Resources) -> None:
        super().__init__(spec, partition, resources)
        self._cut: Period | None = None
        self._cutter: Cutter | None = None
        if self.batching.periods is not None:
            self._cutter = Cutter(
                self.batching.periods, self.batching.max_events, self._now_ms, self._end_of_log
            )
        self.timed = self._cutter is not None

    def open(self) -> Position:
        """Record besides which period is open: at another time it would be another one."""
        self._cut = None
        position = super().open()
        if self._cutter is not None and not self._progress.period and self._log is not None:
            begun = self._cutter.periods.begun_by(self._now_ms())
            self._progress = replace(self._progress, period=(begun, 0))
            self._record(self._log, self._progress)
        return position

    def may_rest(self, idle_s: float) -> bool:
        """Do not rest where files are of periods: their end comes without an event."""
        return self._cutter is None and super().may_rest(idle_s)

    def take(self, buffer: Buffer, timeout_s: float) -> Records | None:
        if self._begun_empty():
            return self._no_records()
        if self._cutter is None:
            return super().take(buffer, timeout_s)
        found = self._cutter.next(buffer, self._progress)
        if found is None:
            buffer.rest(timeout_s)
            return None
        count, self._cut = found
        return buffer.cut(count) if count else self._no_records()

    def _position(self) -> Position:
        position = super()._position()
        return Position(position.next_offset) if self._begun_empty() else position

    def _begun_empty(self) -> bool:
        begun = self._progress.intent
        return begun is not None and begun.first_offset == begun.next_offset

    def _stage(self, records: Records) -> Staged:
        staged = super()._stage(records)
        return replace(staged, batch=replace(staged.batch, period=self._period()))

    def _period(self) -> Period | None:
        begun = self._progress.intent
        if begun is None or not begun.period:
            return self._cut if begun is None else None
        since, until, part, closes = begun.period
        return Period(since, until, part, bool(closes), self._progress.next_sequence)

    def _progress_after(self, records: Records, staged: Staged) -> Progress:
        done, period = super()._progress_after(records, staged), staged.batch.period
        if period is None:
            return done if self._cutter is not None else replace(done, period=())
        if period.closes:
            return replace(done, period=(period.until_ms, 0))
        return replace(done, period=(period.since_ms, period.part - (not len(staged.batch))))

    def _intended(self, records: Records, staged: Staged, done: Progress) -> Progress:
        intended, period = super()._intended(records, staged, done), staged.batch.period
        if period is None or intended.intent is None:
            return intended
        said = (period.since_ms, period.until_ms, period.part, int(period.closes))
        return replace(intended, intent=replace(intended.intent, period=said))

    def _now_ms(self) -> int:
        return int(self._resources.clock.now().timestamp() * 1_000)

    def _end_of_log(self) -> int:
        return self._source.bounds(self._partition).end

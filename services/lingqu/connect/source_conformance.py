"""What every record source must do, as checks that run on a real one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lingqu.connect.plugins import parse_options
from lingqu.connect.record_source import Advance, Polled, RecordSource
from lingqu.connect.samples import source_context
from lingqu.connect.subject import Check, ConformanceError, Subject, refused, require
from lingqu.errors import Reason, RetriableError

_REFUSED = Reason("rule_broken", "refused on trial")
_MOST_POLLS = 1_000

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class _Hub:
    """Keeps what a hub commits: rows, position and notes."""

    subject: Subject
    rows: Rows = field(default_factory=list)
    position: bytes | None = None
    notes: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def started(self) -> Iterator[RecordSource]:
        """Start a source as after whatever happened to the one before."""
        source = self.subject.source()
        try:
            source.start(source_context(self.subject.parsed(), self.notes, self.subject.secrets))
            if self.position is not None:
                source.settled(self.position)
            yield source
        finally:
            source.stop()
            source.stop()

    def commit(self, source: RecordSource, polled: Polled, *, refuse: bool = False) -> None:
        reasons = {
            place: row.reason or _REFUSED
            for place, row in enumerate(polled.rows)
            if refuse or row.row is None
        }
        advance = source.advance(polled, reasons)
        self._keep(advance)
        self.rows += [row.row for row in polled.rows if row.row is not None and not refuse]

    def take_all(self, source: RecordSource, *, refuse: bool = False) -> None:
        """Poll and commit until nothing is new."""
        for _ in range(_MOST_POLLS):
            polled = source.poll(self.position)
            if polled is None:
                return
            self.commit(source, polled, refuse=refuse)
            source.settled(self.position or b"")
        raise ConformanceError(f"{self.subject.name} finds something new for ever")

    def expect(self, count: int) -> None:
        seen = [str(sorted(row.items(), key=lambda item: item[0])) for row in self.rows]
        require(
            (len(seen), len(set(seen))) == (count, count),
            f"{self.subject.name} brought {len(seen)} rows, {len(set(seen))} different ones, "
            f"instead of {count}",
        )

    def _keep(self, advance: Advance) -> None:
        self.position = advance.position
        for name, note in advance.notes.items():
            self.notes.pop(name, None)
            if note is not None:
                self.notes[name] = note


def rows_come_once_and_new_ones_follow(subject: Subject) -> None:
    hub = _Hub(subject)
    with hub.started() as source:
        for offered, count in ((12, 12), (5, 17)):
            subject.offer(offered)
            hub.take_all(source)
            hub.expect(count)


def next_source_goes_on_after_what_was_committed(subject: Subject) -> None:
    """Commit without `settled` and `stop`, as after a kill, and let a new source go on."""
    hub = _Hub(subject)
    subject.offer(12)
    with hub.started() as died:
        polled = died.poll(None)
        require(polled is not None, f"{subject.name} finds nothing of what was offered")
        if polled is not None:
            hub.commit(died, polled)
        with hub.started() as source:
            hub.take_all(source)
    hub.expect(12)


def rows_that_were_not_committed_come_again(subject: Subject) -> None:
    hub = _Hub(subject)
    subject.offer(6)
    with hub.started() as died:
        before = died.poll(None)
    with hub.started() as source:
        again = source.poll(None)
        require(
            _shown(before) == _shown(again) != [],
            f"{subject.name} brings other rows where the first ones were not committed",
        )
        hub.take_all(source)
    hub.expect(6)


def refused_rows_do_not_come_again(subject: Subject) -> None:
    hub = _Hub(subject)
    subject.offer(6)
    with hub.started() as source:
        hub.take_all(source, refuse=True)
        subject.offer(2)
        hub.take_all(source)
    hub.expect(2)


def settling_twice_is_harmless(subject: Subject) -> None:
    hub = _Hub(subject)
    subject.offer(6)
    with hub.started() as source:
        hub.take_all(source)
        source.settled(hub.position or b"")
        subject.offer(1)
        hub.take_all(source)
    hub.expect(7)


def outage_of_a_source_is_retriable(subject: Subject) -> None:
    source = subject.source()
    options = parse_options(subject.name, dict(subject.away))
    try:
        with refused(RetriableError, "neither start nor poll told that the source is away"):
            source.start(source_context(options, {}, subject.secrets))
            source.poll(None)
    finally:
        source.stop()
        source.stop()


def _shown(polled: Polled | None) -> list[Mapping[str, Any] | None]:
    return [] if polled is None else [row.row for row in polled.rows]


TAKING: tuple[Check, ...] = (
    rows_come_once_and_new_ones_follow,
    next_source_goes_on_after_what_was_committed,
    rows_that_were_not_committed_come_again,
    refused_rows_do_not_come_again,
    settling_twice_is_harmless,
    outage_of_a_source_is_retriable,
)

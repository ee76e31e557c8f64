"""A connector on trial: what its author gives the suite, and how the suite speaks of faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lingqu.connect.api import Options, SinkTask
from lingqu.connect.plugins import connector, parse_options
from lingqu.connect.record_source import RecordSource
from lingqu.connect.samples import Lane


class ConformanceError(AssertionError):
    """The connector breaks a promise of the connector API."""


def _nothing_delivered(_topic: str) -> Sequence[int]:
    return []


def _nothing_to_offer(_rows: int) -> None:
    raise ConformanceError("a record source's subject says how rows are offered")


@dataclass(frozen=True, slots=True)
class Subject:
    """A connector with a real target or source.

    `options` work, with `away` the other side does not answer; `secrets` are what options name. For
    a sink, `delivered(topic)` returns the sequence numbers that a reader of the target sees, in
    order, where events of that topic were delivered by feed `feed`; a reader of a sink that
    promises only at least once keeps one of each event. For a record source, `offer(count)` puts so
    many of `lingqu.connect.samples.sample_rows` where it finds them, each time the next ones.
    """

    name: str
    options: Mapping[str, Any]
    away: Mapping[str, Any]
    delivered: Callable[[str], Sequence[int]] = _nothing_delivered
    feed: str = "trial"
    secrets: Mapping[str, str] = field(default_factory=dict)
    offer: Callable[[int], None] = _nothing_to_offer

    @property
    def lane(self) -> Lane:
        return Lane(self.feed, f"trial.reading-{self.feed}.v1", secrets=self.secrets)

    def task(self) -> SinkTask:
        made = connector(self.name)()
        require(isinstance(made, SinkTask), f"{self.name} is no sink")
        assert isinstance(made, SinkTask)  # noqa: S101 - said above
        return made

    def source(self) -> RecordSource:
        made = connector(self.name)()
        require(isinstance(made, RecordSource), f"{self.name} is no record source")
        assert isinstance(made, RecordSource)  # noqa: S101 - said above
        return made

    def parsed(self) -> Options:
        return parse_options(self.name, dict(self.options))

    def expect(self, sequences: Sequence[int]) -> None:
        found = list(self.delivered(self.lane.topic))
        require(
            found == list(sequences),
            f"{self.name} delivered {found[:20]} instead of {list(sequences)[:20]}",
        )


Check = Callable[[Subject], None]


def require(condition: bool, sentence: str) -> None:
    """Raise ConformanceError with the sentence unless the condition holds."""
    if not condition:
        raise ConformanceError(sentence)


@contextmanager
def refused(kind: type[Exception], otherwise: str) -> Iterator[None]:
    """Raise ConformanceError with the sentence unless the block raises that kind of error."""
    try:
        yield
    except kind:
        return
    raise ConformanceError(otherwise)

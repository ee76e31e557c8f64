"""What a demo came to, and whether it adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True)
class TopicResult:
    """What was published on a topic in this run; `refused` never got in."""

    topic: str
    produced: int
    refused: int


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What became of a topic's events for one partner."""

    feed: str
    partner: str
    sink: str
    topic: str
    expected: int
    delivered: int
    filtered: int
    withheld_fields: Sequence[str]
    rejected: int
    dead_letters: int
    in_order: bool

    @property
    def adds_up(self) -> bool:
        return self.delivered == self.expected and self.in_order


@dataclass(frozen=True, slots=True)
class DemoResult:
    """The whole demo; `faults` are sentences of what is wrong, apart from the sums."""

    seconds: float
    topics: Sequence[TopicResult]
    feeds: Sequence[FeedResult]
    faults: Sequence[str]

    @property
    def ok(self) -> bool:
        return bool(self.feeds) and not self.faults and all(feed.adds_up for feed in self.feeds)

    def as_dict(self) -> dict[str, Any]:
        """Return the form that `--json` prints."""
        return {
            "ok": self.ok,
            "seconds": round(self.seconds, 1),
            "topics": {topic.topic: {"produced": topic.produced} for topic in self.topics},
            "feeds": [asdict(feed) for feed in self.feeds],
        }

    def sentences(self) -> list[str]:
        """Return what to say below the table, the verdict last."""
        refused = [
            f"{topic.topic}: {topic.refused} more were refused at the gateway, as they should be"
            for topic in self.topics
        ]
        verdict = "everything adds up" if self.ok else "IT DOES NOT ADD UP"
        return [*refused, *self.faults, f"{verdict}, in {self.seconds:.1f} s"]

    def table(self) -> Table:
        """Return the form that a person reads."""
        table = Table(
            "feed", "partner", "by", "produced", "filtered", "dead", "rejected", "expected",
            "delivered", "order", "withheld", box=None, pad_edge=False,
        )  # fmt: skip
        produced = {topic.topic: topic.produced for topic in self.topics}
        for feed in self.feeds:
            counts = (
                produced[feed.topic], feed.filtered, feed.dead_letters, feed.rejected,
                feed.expected, feed.delivered,
            )  # fmt: skip
            table.add_row(
                feed.feed,
                feed.partner,
                feed.sink.removesuffix("-sink"),
                *(f"{count:,}" for count in counts),
                "kept" if feed.in_order else "BROKEN",
                ", ".join(feed.withheld_fields) or "-",
            )
        return table

"""Counting one run: what each feed should have delivered, and what its partner holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lingqu.client import HubClient
from lingqu.kafka.topics import DEAD_LETTER_TOPIC
from lingqu_embedded.demo import tally
from lingqu_embedded.demo.cast import Cast, Feed
from lingqu_embedded.demo.holdings import (
    Held,
    end_offsets,
    held_in_database,
    held_in_folder,
    held_in_topic,
)
from lingqu_embedded.demo.publishing import Published
from lingqu_embedded.demo.result import FeedResult


@dataclass(frozen=True, slots=True)
class Marks:
    """Where everything stood before this run, so that it counts nothing else."""

    sources: Mapping[str, Mapping[int, int]]
    filtered: Mapping[str, int]
    letters: Mapping[int, int]
    arrived: Mapping[str, Mapping[int, int]]
    admitted: Mapping[str, Mapping[int, int]]


@dataclass(slots=True)
class Run:
    """One run: who plays, where everything stood, and what was published."""

    cast: Cast
    marks: Marks
    published: dict[str, Published] = field(default_factory=dict)

    def held(self, feed: Feed) -> list[Held]:
        """Return what the feed's partner holds of this run."""
        return self._of_run(feed, _held(self, feed))

    def admitted(self, feed: Feed) -> list[Held]:
        """Return what the partner's hub has admitted of this run to the contract's own topic."""
        partner, since = self.cast.partner, self.marks.admitted[feed.id]
        held = held_in_topic(partner.kafka, partner.urls["registry"], feed.topic, since)
        return self._of_run(feed, held)

    def _of_run(self, feed: Feed, held: Sequence[Held]) -> list[Held]:
        return [one for one in held if one.event_id in self.published[feed.topic].keys]


def marks_of(players: Cast) -> Marks:
    """Return where everything stands now."""
    topics = {feed.topic for feed in players.feeds}
    between = [feed for feed in players.feeds if feed.between_hubs]
    return Marks(
        sources={topic: end_offsets(players.hub.kafka, topic) for topic in topics},
        filtered=tally.filtered_by_feed(players.hub.urls["worker"]),
        letters=end_offsets(players.hub.kafka, DEAD_LETTER_TOPIC),
        arrived={
            feed.id: end_offsets(players.partner.kafka, players.target(feed.topic))
            for feed in between
        },
        admitted={feed.id: end_offsets(players.partner.kafka, feed.topic) for feed in between},
    )


def count(run: Run) -> list[FeedResult]:
    """Return what has become of each feed's events by now."""
    players = run.cast
    filtered = tally.filtered_by_feed(players.hub.urls["worker"])
    letters = list(tally.dead_letters(players.hub.kafka, run.marks.letters).values())
    with players.hub.client() as client:
        withheld = {feed.id: _withheld(client, feed) for feed in players.feeds}
    return [
        _result(run, feed, _counted(run.marks, feed, filtered, letters), withheld[feed.id])
        for feed in players.feeds
    ]


def _withheld(client: HubClient, feed: Feed) -> list[str]:
    view = client.control.get(f"/v1/agreements/{feed.agreement}")["view"]
    return list(view["withheld"])


def _result(run: Run, feed: Feed, counted: tally.Counted, withheld: list[str]) -> FeedResult:
    published = run.published[feed.topic]
    held = run.held(feed)
    lost = counted.filtered + counted.rejected + counted.dead_letters
    return FeedResult(
        feed=feed.id,
        partner=feed.partner,
        sink=feed.sink,
        topic=feed.topic,
        expected=published.produced - lost,
        delivered=len(held),
        filtered=counted.filtered,
        withheld_fields=withheld,
        rejected=counted.rejected,
        dead_letters=counted.dead_letters,
        in_order=tally.in_order(held, published.keys),
    )


def _counted(
    marks: Marks, feed: Feed, filtered: Mapping[str, int], letters: Sequence[Mapping[str, Any]]
) -> tally.Counted:
    since = marks.sources[feed.topic]
    codes = [
        letter["reason"]["code"]
        for letter in letters
        if letter["feed"] == feed.id and letter["offset"] >= since[letter["partition"]]
    ]
    rejected = codes.count("rejected")
    left_out = filtered.get(feed.id, 0) - marks.filtered.get(feed.id, 0)
    return tally.Counted(left_out, rejected, len(codes) - rejected)


def _held(run: Run, feed: Feed) -> list[Held]:
    partners = run.cast.partners
    match feed.sink:
        case "http-sink":
            return partners.endpoint.desk.held(feed.topic)
        case "database-sink":
            return held_in_database(partners.database, feed.options["table"], feed.id)
        case "file-sink":
            return held_in_folder(partners.folder, feed.id)
        case _:
            return _held_by_hub(run, feed)


def _held_by_hub(run: Run, feed: Feed) -> list[Held]:
    players = run.cast
    target = players.target(feed.topic)
    since = run.marks.arrived[feed.id] or dict.fromkeys(
        end_offsets(players.partner.kafka, target), 0
    )
    return held_in_topic(players.partner.kafka, players.partner.urls["registry"], target, since)

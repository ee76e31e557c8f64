"""The play itself: publish, wait until every partner has everything, and count."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from kafka.errors import KafkaError

from lingqu.errors import LingquError, UnavailableError
from lingqu_embedded.demo import tally
from lingqu_embedded.demo.cast import Cast, Feed, cast
from lingqu_embedded.demo.counting import Run, count, marks_of
from lingqu_embedded.demo.holdings import any_left
from lingqu_embedded.demo.hubs import RunningHub, Say
from lingqu_embedded.demo.publishing import Published, publish
from lingqu_embedded.demo.result import DemoResult, FeedResult, TopicResult
from lingqu_embedded.home import HubHome

_READY_TIMEOUT_S = 60.0
_POLL_S = 0.3
_COUNT_EVERY_S = 1.0  # counting takes the time that the delivery needs


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What was asked of the demo."""

    schemas: Path | None
    events: int
    seed: int
    patience_s: float


def play(home: HubHome, options: DemoOptions, say: Say) -> DemoResult:
    """Play the demo on the hub of `home` and return what it came to. Raises LingquError."""
    started = time.monotonic()
    with _in_one_sentence(home), cast(home, options.schemas, say) as players:
        _await_lanes(players)
        _await_earlier_events(players, options.patience_s)
        run = Run(players, marks_of(players))
        for topic in sorted({feed.topic for feed in players.feeds}):
            say(f"publishing {options.events} events on {topic}")
            run.published[topic] = _publish(players, topic, options)
        say("waiting until every partner has everything")
        feeds = _await_delivery(run, options.patience_s)
        faults = _faults(run, feeds)
    topics = [TopicResult(one.topic, one.produced, one.refused) for one in run.published.values()]
    return DemoResult(time.monotonic() - started, topics, feeds, faults)


@contextmanager
def _in_one_sentence(home: HubHome) -> Iterator[None]:
    """Turn what clients raise when a hub goes away into words with a cure."""
    try:
        yield
    except (KafkaError, httpx2.TransportError) as error:
        raise UnavailableError(
            f"a hub of the demo stopped answering ({type(error).__name__}); see lingqu status and "
            f"the logs in {home.logs} and {home.root / 'demo'}"
        ) from error


def _await_lanes(players: Cast) -> None:
    feeds = {feed.id for feed in players.feeds}
    inbound = {feed.id for feed in players.feeds if feed.between_hubs}

    def running() -> bool:
        return _running(players.hub, feeds) and _running(players.partner, inbound)

    if not _until(running, _READY_TIMEOUT_S):
        why = [*_complaints(players.hub), *_complaints(players.partner)]
        raise LingquError(
            f"the feeds did not start within {_READY_TIMEOUT_S:.0f} s: "
            + ("; ".join(why) or f"their workers do not say why, see {players.hub.home.logs}")
        )


def _await_earlier_events(players: Cast, patience_s: float) -> None:
    """Let the feeds finish what was there before: it would be counted as filtered in this run."""
    patience_s = max(patience_s, _READY_TIMEOUT_S)
    behind = [feed for feed in players.feeds if _is_behind(players.hub, feed)]
    if not _until(lambda: not any(_is_behind(players.hub, feed) for feed in behind), patience_s):
        raise LingquError(
            f"events of an earlier day are not delivered after {patience_s:.0f} s: "
            + ("; ".join(_complaints(players.hub)) or "the feeds are busy, try again later")
        )


def _is_behind(hub: RunningHub, feed: Feed) -> bool:
    said = tally.lanes(hub.urls["worker"])["feeds"]
    lanes = [lane for one in said if one["feed"] == feed.id for lane in one["lanes"]]
    offsets = {lane["partition"]: lane["next_offset"] for lane in lanes}
    return any_left(hub.kafka, feed.topic, offsets)


def _running(hub: RunningHub, feeds: set[str]) -> bool:
    said = tally.lanes(hub.urls["worker"])
    states = {one["feed"]: {lane["state"] for lane in one["lanes"]} for one in said["feeds"]}
    return all(states.get(feed) == {"running"} for feed in feeds)


def _complaints(hub: RunningHub) -> list[str]:
    """Return what a hub's worker says of feeds that do not run as they should."""
    said = tally.lanes(hub.urls["worker"])
    why = {
        (one["feed"], lane["why"]) for one in said["feeds"] for lane in one["lanes"] if lane["why"]
    }
    why |= {(one["feed"], one["why"]) for one in said["problems"]}
    return [f"region {hub.region}, feed {feed!r}: {words}" for feed, words in sorted(why)]


def _publish(players: Cast, topic: str, options: DemoOptions) -> Published:
    contract, _ = players.catalogue.by_topic(topic)
    hub = players.hub
    with hub.client() as client:
        return publish(client, hub.kafka, contract, topic, hub.region, options.events, options.seed)


def _await_delivery(run: Run, patience_s: float) -> list[FeedResult]:
    feeds: list[FeedResult] = []

    def all_there() -> bool:
        feeds[:] = count(run)
        return all(feed.adds_up for feed in feeds)

    _until(all_there, patience_s, _COUNT_EVERY_S)
    return feeds


def _faults(run: Run, results: list[FeedResult]) -> list[str]:
    """Say what the sums do not show: a field that got out, an event not admitted, and why not."""
    players = run.cast
    faults = []
    if not all(result.adds_up for result in results):
        faults += [*_complaints(players.hub), *_complaints(players.partner)]
    if unsigned := players.partners.endpoint.desk.unsigned:
        faults.append(f"a partner's endpoint got {unsigned} requests that nobody had signed")
    for feed, result in zip(players.feeds, results, strict=True):
        seen = frozenset[str]().union(*(one.fields for one in run.held(feed)))
        leaked = seen.intersection(result.withheld_fields)
        if leaked:
            faults.append(f"feed {feed.id!r} shows {', '.join(sorted(leaked))}: its view hides it")
        if result.adds_up and feed.between_hubs and not _all_admitted(run, feed):
            faults.append(f"region {players.partner.region} did not admit all of feed {feed.id!r}")
    return faults


def _all_admitted(run: Run, feed: Feed) -> bool:
    expected = len(run.held(feed))
    return _until(lambda: len(run.admitted(feed)) == expected, _READY_TIMEOUT_S)


def _until(condition: Callable[[], bool], timeout_s: float, every_s: float = _POLL_S) -> bool:
    deadline, never = time.monotonic() + timeout_s, threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        never.wait(every_s)
    return True

"""The play itself: bring up the hubs, agree, publish, wait, and count."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from kafka import KafkaProducer

from lingqu.client import HubClient, RefusedError
from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import Catalogue
from lingqu.errors import LingquError
from lingqu.kafka.topics import DEAD_LETTER_TOPIC
from lingqu.wire.framing import frame
from lingqu_embedded.demo import tally
from lingqu_embedded.demo.agreements import apply_region
from lingqu_embedded.demo.events import example_events
from lingqu_embedded.demo.holdings import Held, end_offsets, held_in_folder, held_in_topic
from lingqu_embedded.demo.hubs import RunningHub, free_offset, home_at, hub, offset_of
from lingqu_embedded.demo.result import DemoResult, FeedResult, TopicResult
from lingqu_embedded.home import HubHome

_READY_TIMEOUT_S = 60.0
_DELIVERY_TIMEOUT_S = 120.0
_POLL_S = 0.3
_BATCH = 200
# A frame under a known schema id with a body that ends too early: what a faulty producer leaves.
_TRUNCATED = b"\x02"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the provider's hub, the partner's hub, and a partner's folder."""

    hub: RunningHub
    partner: RunningHub
    folder: Path
    catalogue: Catalogue


@dataclass(slots=True)
class Run:
    """What this run alone has published, and where everything stood before it."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    produced: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    filtered: dict[str, int] = field(default_factory=dict)
    letters: dict[int, int] = field(default_factory=dict)
    arrived: dict[str, dict[int, int]] = field(default_factory=dict)
    admitted: dict[str, dict[int, int]] = field(default_factory=dict)


def play(home: HubHome, schemas: Path | None, events: int, seed: int, say: Say) -> DemoResult:
    """Play the demo on the hub of `home` and return what it came to."""
    started = time.monotonic()
    with _cast(home, schemas, say) as cast, cast.hub.client() as client:
        agreements = _agree(cast, client, say)
        _await_feeds(cast, agreements)
        run = _before(cast, agreements)
        for topic in sorted({_topic(cast, agreement) for agreement in agreements}):
            say(f"publishing on {topic}")
            _publish(cast, client, topic, events, seed, run)
        say("waiting until every partner has everything")
        feeds = _await_delivery(cast, agreements, run)
        faults = _faults(cast, agreements, run)
    topics = [TopicResult(topic, run.produced[topic], run.refused[topic]) for topic in run.produced]
    return DemoResult(time.monotonic() - started, topics, feeds, faults)


@contextmanager
def _cast(home: HubHome, schemas: Path | None, say: Say) -> Iterator[Cast]:
    catalogue = load_catalogue(schemas_dir(schemas))
    with hub(home, None) as provider:
        say(f"the hub of region {provider.region} is up; starting a partner's hub beside it")
        beside = home_at(home.root / "demo" / "44")
        offset = str(free_offset(beside, offset_of(provider)))
        with hub(beside, "44", "--only", "api,worker", "--port-offset", offset) as partner:
            folder = home.root / "demo" / "45"
            folder.mkdir(parents=True, exist_ok=True)
            yield Cast(provider, partner, folder, catalogue)


def _agree(cast: Cast, client: HubClient, say: Say) -> list[dict[str, Any]]:
    """Apply both hubs' region files, and return what the provider's hub has to deliver."""
    variables = {
        "GUANGDONG_KAFKA": str(cast.partner.facts["kafka"]),
        "GUANGDONG_REGISTRY": cast.partner.urls["registry"],
        "GUANGXI_FOLDER": str(cast.folder),
    }
    say("applying the agreements of regions 43 and 44")
    applied = apply_region(client, cast.hub.region, variables)
    with cast.partner.client() as partner:
        apply_region(partner, cast.partner.region, variables)
    agreements: list[dict[str, Any]] = applied["agreements"]
    return agreements


def _await_feeds(cast: Cast, agreements: Sequence[Mapping[str, Any]]) -> None:
    feeds = {agreement["feed"] for agreement in agreements}
    inbound = {one["feed"] for one in agreements if one["delivery"]["connector"] == "kafka-sink"}

    def running() -> bool:
        return _running(cast.hub, feeds) and (_running(cast.partner, inbound))

    if not _until(running, _READY_TIMEOUT_S):
        said = [tally.lanes(one.urls["worker"]) for one in (cast.hub, cast.partner)]
        raise LingquError(f"the feeds did not start within {_READY_TIMEOUT_S:.0f} s: {said}")


def _running(running: RunningHub, feeds: set[str]) -> bool:
    """Say whether all lanes of the feeds run; an inbound feed may wait for its topic."""
    said = tally.lanes(running.urls["worker"])
    states = {one["feed"]: [lane["state"] for lane in one["lanes"]] for one in said["feeds"]}
    return all(feed in states and set(states[feed]) == {"running"} for feed in feeds)


def _before(cast: Cast, agreements: Sequence[Mapping[str, Any]]) -> Run:
    run = Run(filtered=tally.filtered_by_feed(cast.hub.urls["worker"]))
    run.letters = end_offsets(cast.hub.kafka, DEAD_LETTER_TOPIC)
    for agreement in agreements:
        if agreement["delivery"]["connector"] == "kafka-sink":
            topic = _topic(cast, agreement)
            run.arrived[agreement["feed"]] = end_offsets(cast.partner.kafka, _target(cast, topic))
            run.admitted[agreement["feed"]] = end_offsets(cast.partner.kafka, topic)
    return run


def _publish(cast: Cast, client: HubClient, topic: str, count: int, seed: int, run: Run) -> None:
    """Publish good events over HTTP, some that break a rule, and one broken record past the hub."""
    contract, _ = cast.catalogue.by_topic(topic)
    start = datetime.now(UTC) - timedelta(seconds=count)
    made = list(islice(example_events(contract, cast.hub.region, start, seed), count))
    wrong = [{**event, "origin": "99"} for event in made[:3]]
    run.ids[topic] = {event["event_id"] for event in made}
    run.produced[topic] = run.refused[topic] = 0
    for first in range(0, len(made), _BATCH):
        answer = client.gateway.post(f"/v1/topics/{topic}/events", made[first : first + _BATCH])
        run.produced[topic] += answer["accepted"]
        run.refused[topic] += len(answer["refused"])
    try:
        client.gateway.post(f"/v1/topics/{topic}/events", wrong)
    except RefusedError:
        run.refused[topic] += len(wrong)
    run.produced[topic] += _break_one(cast, client, topic)


def _break_one(cast: Cast, client: HubClient, topic: str) -> int:
    subject = client.registry.get(f"/subjects/{topic}-value/versions/latest")
    producer = KafkaProducer(**cast.hub.kafka.for_kafka_python())
    producer.send(topic, key=b"broken", value=frame(subject["id"], _TRUNCATED))
    producer.flush()
    producer.close()
    return 1


def _await_delivery(
    cast: Cast, agreements: Sequence[Mapping[str, Any]], run: Run
) -> list[FeedResult]:
    feeds: list[FeedResult] = []

    def all_there() -> bool:
        feeds[:] = [_count(cast, agreement, run) for agreement in agreements]
        return all(feed.adds_up for feed in feeds)

    _until(all_there, _DELIVERY_TIMEOUT_S)
    return feeds


def _count(cast: Cast, agreement: Mapping[str, Any], run: Run) -> FeedResult:
    feed, topic = agreement["feed"], _topic(cast, agreement)
    counted = _counted(cast, feed, run)
    held = tally.of_run(_held(cast, agreement, run), run.ids[topic])
    with cast.hub.client() as client:
        view = client.control.get(f"/v1/agreements/{agreement['id']}")["view"]
    lost = counted.filtered + counted.rejected + counted.dead_letters
    return FeedResult(
        feed=feed,
        partner=agreement["recipient"]["partner"],
        sink=agreement["delivery"]["connector"],
        topic=topic,
        expected=run.produced[topic] - lost,
        delivered=len(held),
        filtered=counted.filtered,
        withheld_fields=view["withheld"],
        rejected=counted.rejected,
        dead_letters=counted.dead_letters,
        in_order=tally.in_order(held),
    )


def _counted(cast: Cast, feed: str, run: Run) -> tally.Counted:
    filtered = tally.filtered_by_feed(cast.hub.urls["worker"]).get(feed, 0)
    letters = tally.dead_letters(cast.hub.kafka, run.letters).values()
    codes = [letter["reason"]["code"] for letter in letters if letter["feed"] == feed]
    rejected = codes.count("rejected")
    return tally.Counted(filtered - run.filtered.get(feed, 0), rejected, len(codes) - rejected)


def _held(cast: Cast, agreement: Mapping[str, Any], run: Run) -> list[Held]:
    feed = agreement["feed"]
    if agreement["delivery"]["connector"] == "file-sink":
        return held_in_folder(cast.folder, feed)
    target = _target(cast, _topic(cast, agreement))
    since = run.arrived[feed] or dict.fromkeys(end_offsets(cast.partner.kafka, target), 0)
    return held_in_topic(cast.partner.kafka, cast.partner.urls["registry"], target, since)


def _faults(cast: Cast, agreements: Sequence[Mapping[str, Any]], run: Run) -> list[str]:
    """Say what the sums do not show: a withheld field that got out, an event not admitted."""
    faults: list[str] = []
    for agreement in agreements:
        feed, topic = agreement["feed"], _topic(cast, agreement)
        held = tally.of_run(_held(cast, agreement, run), run.ids[topic])
        result = _count(cast, agreement, run)
        seen = frozenset[str]().union(*(one.fields for one in held))
        leaked = seen.intersection(result.withheld_fields)
        if leaked:
            faults.append(f"feed {feed!r} shows {', '.join(sorted(leaked))}, which its view hides")
        if feed in run.admitted and not _admitted(cast, feed, topic, run, len(held)):
            faults.append(f"region {cast.partner.region} has not admitted all of feed {feed!r}")
    return faults


def _admitted(cast: Cast, feed: str, topic: str, run: Run, expected: int) -> bool:
    def all_there() -> bool:
        held = held_in_topic(
            cast.partner.kafka, cast.partner.urls["registry"], topic, run.admitted[feed]
        )
        return len({one.event_id for one in tally.of_run(held, run.ids[topic])}) == expected

    return _until(all_there, _READY_TIMEOUT_S)


def _topic(cast: Cast, agreement: Mapping[str, Any]) -> str:
    major = int(agreement["contract_version"].split(".")[0])
    return cast.catalogue.contract(agreement["contract"]).topic(major)


def _target(cast: Cast, topic: str) -> str:
    return f"{topic}.from.{cast.hub.region}"


def _until(condition: Callable[[], bool], timeout_s: float) -> bool:
    deadline, never = time.monotonic() + timeout_s, threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        never.wait(_POLL_S)
    return True

"""What a feed has sent is sent again, and what it has not had is sent late: by order, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.integration.test_worker_lanes_redo import rows
from tests.support.builders import event
from tests.support.dying import run_and_die
from tests.support.http_feed import http_feed
from tests.support.lanes import arrivals, readings
from tests.support.orders import at_rest, carried_out, counts, order
from tests.support.partner import Reply, Request
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec

pytestmark = pytest.mark.integration


def numbered(records: list[Any]) -> list[tuple[int, int, str | None]]:
    """Return partition, number and attempt of each delivered record."""
    found = []
    for record in records:
        headers = dict(record.headers())
        attempt = headers.get("lq_attempt", b"").decode() or None
        found.append((record.partition(), int(headers["lq_seq"]), attempt))
    return found


def again(worker: WorkerUnderTest) -> list[Any]:
    """Return what was delivered by an order."""
    delivered = worker.delivered(arrivals(worker))
    return [one for one in delivered if "lq_attempt" in dict(one.headers())]


def test_a_replay_keeps_the_numbers_and_nothing_withdrawn_comes_back(
    worker: WorkerUnderTest, unique: str
) -> None:
    early = worker.agree(unique, options=worker.kafka_options(), filter="value < 90.0")
    worker.publish([*readings(0, 60, stations=4), b"garbage"])
    with worker.running() as (loop, resources):
        worker.await_delivered(arrivals(worker), 60)
        hidden = {"clearance": {"grade": 1, "kinds": []}, "fields": "all"}
        terms: dict[str, Any] = {"view": hidden, "filter": "value >= 10.0", "version": 2}
        late = worker.agree(unique, options=worker.kafka_options(), **terms)
        late = replace(late, dead_letter_key=early.dead_letter_key)
        worker.put(late)
        wait_until(lambda: [runner.state.version for runner in loop.runners()] == [2])
        worker.publish(readings(60, 20, stations=4))
        worker.await_delivered(arrivals(worker), 80)
        at_rest(worker, unique, resources, 81)
        (predicted,) = carried_out(worker, late, order(1, "replay", dry_run=True))
        first = worker.delivered(arrivals(worker))
        some: dict[str, Any] = {"first_sequence": 11, "last_sequence": 15}
        done, few = carried_out(worker, late, order(2, "replay"), order(3, "replay", **some))
        delivered = numbered(again(worker))
        records = [one for one in again(worker) if dict(one.headers())["lq_attempt"] == b"3"]

    assert counts(predicted) == counts(done) == (70, 10, 1, 0)
    assert (len(first), len(records)) == (80, 70)
    told = {number for _, number, attempt in delivered if attempt == "4"}
    assert (few.sent, told) == (10, {11, 12, 13, 14, 15})
    sent_first = {(place, number) for place, number, _ in numbered(first)}
    assert {(place, number) for place, number, _ in numbered(records)} < sent_first
    assert not any(b"Li Bing" in record.value() for record in records)
    assert len(worker.dead_letters(unique)) == 1


def test_a_redriven_event_ends_delivered_and_is_left_alone_by_the_next_order(
    tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str
) -> None:
    refused = True

    def decide(request: Request) -> Reply:
        bad = [one["id"] for one in request.events if one["data"]["value"] in (3, 7)]
        said = {name: "rejected" if name in bad else "accepted" for name in request.ids}
        return Reply(207, said) if refused and bad else Reply()

    with http_feed(tmp_path, kafka, registry_url, unique) as feed:
        feed.partner.decide = decide
        state = feed.agree()
        feed.worker.publish(readings(0, 10, stations=3))
        with feed.worker.running():
            wait_until(lambda: sum(len(request.events) for request in feed.partner.requests) == 10)
            before = len(feed.partner.requests)
            wait_until(lambda: len(feed.worker.dead_letters(unique)) == 2)
            (again,) = carried_out(feed.worker, state, order(1, "redrive"))
            assert (again.sent, len(feed.worker.dead_letters(unique))) == (2, 4)
            refused = False
            predicted, done = carried_out(
                feed.worker, state, order(2, "redrive", dry_run=True), order(3, "redrive", rate=50)
            )
            (nothing,) = carried_out(feed.worker, state, order(4, "redrive"))

    assert counts(predicted) == counts(done) == (2, 0, 0, 0)
    assert counts(nothing) == (0, 0, 0, 0)
    sent = [one for request in feed.partner.requests[before:] for one in request.events]
    tried = Counter((one["data"]["value"], one["lqattempt"]) for one in sent)
    assert tried == {(3, 2): 1, (7, 2): 1, (3, 4): 1, (7, 4): 1}
    ids = [request.message_id for request in feed.partner.requests]
    assert len(ids) == len(set(ids))


def test_what_a_cancelled_redrive_has_sent_is_not_sent_by_the_next_one(
    tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str
) -> None:
    verdict = {(3, 1): "rejected", (7, 1): "rejected", (7, 2): "retry"}

    def decide(request: Request) -> Reply:
        tried = {one["id"]: (one["data"]["value"], tried_in(one)) for one in request.events}
        return Reply(207, {name: verdict.get(one, "accepted") for name, one in tried.items()})

    with http_feed(tmp_path, kafka, registry_url, unique, partitions=1) as feed:
        feed.partner.decide = decide
        state = feed.agree()
        feed.worker.publish(readings(0, 10, stations=10))
        with feed.worker.running() as (loop, _):
            wait_until(lambda: len(feed.worker.dead_letters(unique)) == 2)
            feed.worker.put(replace(state, orders=(order(1, "redrive"),)))
            wait_until(lambda: len(tries(feed.partner.requests, attempt=2)) >= 3)
            feed.worker.put(state)
            wait_until(lambda: [one.state.runs_as for one in loop.runners()] == [unique])
            predicted, done = carried_out(
                feed.worker, state, order(2, "redrive", dry_run=True), order(3, "redrive")
            )

    assert set(tries(feed.partner.requests, attempt=2)) == {3, 7}
    assert tries(feed.partner.requests, attempt=4) == [7]
    assert counts(predicted) == counts(done) == (1, 0, 0, 0)


def tries(requests: list[Request], attempt: int) -> list[float]:
    """Return the values that were sent in that attempt, each as often as it was."""
    sent = [one for request in requests for one in request.events]
    return [one["data"]["value"] for one in sent if tried_in(one) == attempt]


def tried_in(event: Mapping[str, Any]) -> int:
    return int(event.get("lqattempt", 1))


def test_what_was_refused_at_admission_is_let_in_once_it_may(
    worker: WorkerUnderTest, unique: str
) -> None:
    state = worker.agree(unique, options=worker.kafka_options())
    with Topics(worker.kafka) as topics:
        topics.ensure([TopicSpec(arrivals(worker), worker.contract.partitions)])
    broken = [event(station=f"43-{n}", value=-1.0 - n) for n in range(3)]
    worker.publish([*readings(0, 4), *broken, event(origin="52")], arrivals(worker))
    with worker.running(region="44"):
        wait_until(lambda: len(worker.dead_letters(unique)) == 4)
        (none,) = carried_out(worker, state, order(1, "redrive", dry_run=True), region="44")
        rules = tuple(rule.name for rule in state.rules)
        state = replace(state, version=2, skipped_rules=rules)
        orders = order(2, "redrive", dry_run=True), order(3, "redrive")
        predicted, done = carried_out(worker, state, *orders, region="44")
        (rest,) = carried_out(worker, state, order(4, "redrive"), region="44")

    assert counts(none) == (0, 0, 4, 0)
    assert counts(predicted) == counts(done) == (3, 0, 1, 0)
    assert counts(rest) == (0, 0, 1, 0)
    assert len(worker.delivered(worker.topic)) == 7
    codes = Counter(one["reason"]["code"] for one in worker.dead_letters(unique))
    assert codes == {"rule_broken": 3, "wrong_region": 3}


def test_a_backfill_ends_where_the_feed_began_and_overwrites_nothing_newer(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    address = f"sqlite:///{tmp_path / 'partner.sqlite'}"
    engine = create_engine(address)

    def held() -> list[tuple[float, str, int]]:
        with engine.connect() as connection:
            found = connection.execute(text("SELECT value, mode, lq_seq FROM readings"))
            return sorted((row[0], row[1], row[2]) for row in found)

    options = {"url": address, "table": "readings", "mode": "append"}
    state = worker.agree(unique, connector="database-sink", options=options, paused=True)
    state = replace(state, delivery=replace(state.delivery, start="latest"))
    worker.publish(readings(0, 30, stations=4))
    worker.put(replace(state, paused=False))
    with worker.running() as (loop, _):
        wait_until(
            lambda: (
                [one.state for r in loop.runners() for one in r.inlet.statuses()] == ["running"] * 2
            )
        )
        worker.publish(readings(30, 10, stations=4))
        wait_until(lambda: len(held()) == 10)
        predicted, done = carried_out(
            worker,
            replace(state, paused=False),
            order(1, "backfill", dry_run=True),
            order(2, "backfill"),
        )

    assert counts(predicted) == counts(done) == (30, 0, 0, 0)
    assert [value for value, *_ in held()] == [float(n) for n in range(40)]
    assert Counter(mode for _, mode, _ in held()) == {"backfill": 30, "live": 10}
    assert max(number for _, mode, number in held() if mode == "backfill") == 0
    assert min(number for _, mode, number in held() if mode == "live") == 1


def test_an_order_whose_worker_is_killed_amid_a_file_goes_on_and_sends_nothing_twice(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    options = {"folder": str(folder), "format": "jsonl", "max_wait_s": 0}
    state = worker.agree(unique, connector="file-sink", options=options)
    worker.publish(readings(0, 60))
    with worker.running() as (_, resources):
        at_rest(worker, unique, resources, 60)
    slow = order(1, "replay", rate=28)
    worker.put(replace(state, orders=(slow,)))
    run_and_die(worker, 4)  # the second file is there, and its manifest is not
    assert len(list(folder.glob("*.r1-*.manifest.json"))) == 1
    with worker.running(instance="back"):
        (done,) = carried_out(worker, state, slow)

    assert counts(done) == (60, 0, 0, 0)
    again = [row["lq_seq"] for row in rows(folder)]
    assert sorted(again) == sorted([*range(1, 61)] * 2)

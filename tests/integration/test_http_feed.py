"""A feed whose partner answers for each event: parked keys, dead letters, terms that change."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.agreements import HUB_KEY
from tests.support.http_feed import HttpFeed, http_feed
from tests.support.lanes import await_lane, readings
from tests.support.partner import Reply, Request
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until

from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import PARKED_TOPIC
from lingqu.sealing import open_under
from lingqu_worker.metrics import OLDEST_PARKED, PARKED, PARKED_KEYS

pytestmark = pytest.mark.integration

HIDDEN = {"clearance": {"grade": 1, "kinds": []}, "fields": "all"}


@pytest.fixture
def feed(
    tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str
) -> Iterator[HttpFeed]:
    with http_feed(tmp_path, kafka, registry_url, unique, partitions=1) as made:
        yield made


def asking_again(*values: float) -> Callable[[Request], Reply]:
    """Return a partner that wants the events with these values again, and takes other keys'."""

    def decide(request: Request) -> Reply:
        wanted = {each["subject"] for each in request.events if each["data"]["value"] in values}
        said = {
            each["id"]: "retry"
            if each["subject"] in wanted and each["data"]["value"] >= min(values)
            else "accepted"
            for each in request.events
        }
        return Reply(207, said)

    return decide


def refusing(value: float, reply: Reply) -> Callable[[Request], Reply]:
    def decide(request: Request) -> Reply:
        return reply if value in [each["data"]["value"] for each in request.events] else Reply()

    return decide


def test_only_the_key_that_failed_waits_and_its_events_come_in_order_later(feed: HttpFeed) -> None:
    feed.partner.decide = asking_again(4.0)
    feed.agree()
    with feed.worker.running() as (loop, resources):
        feed.worker.publish(readings(0, 10, stations=2))
        assert feed.await_taken(7)[:7] == [0, 1, 2, 3, 5, 7, 9]
        wait_until(lambda: feed.parked(loop).events == 3)
        feed.worker.publish(readings(10, 4, stations=2))
        wait_until(lambda: feed.parked(loop).events == 5)
        assert (feed.parked(loop).keys, feed.await_taken(9)[7:]) == (1, [11, 13])
        wait_until(lambda: resources.metrics.value(PARKED, feed=feed.name) == 5)
        wait_until(lambda: resources.metrics.value(OLDEST_PARKED, feed=feed.name) > 0)
        assert resources.metrics.value(PARKED_KEYS, feed=feed.name) == 1
        feed.partner.decide = lambda _request: Reply()
        assert feed.await_taken(14)[9:] == [4, 6, 8, 10, 12]
        wait_until(lambda: resources.metrics.value(PARKED, feed=feed.name) == 0)
    assert feed.worker.dead_letters(feed.name) == []


def test_what_is_parked_survives_the_worker_and_nothing_of_its_key_comes_before_it(
    feed: HttpFeed,
) -> None:
    feed.partner.decide = asking_again(0.0)
    feed.agree()
    feed.worker.publish(readings(0, 3))
    with feed.worker.running() as (loop, _):
        wait_until(lambda: feed.parked(loop).events == 3)
    feed.worker.publish(readings(3, 2))
    asked = len(feed.partner.log)
    with feed.worker.running() as (loop, _):
        wait_until(lambda: feed.parked(loop).events == 5)
        wait_until(lambda: len(feed.partner.log) > asked + 2)
        assert {tuple(request.numbers) for request in feed.partner.requests[asked:]} == {(1,)}
        feed.partner.decide = lambda _request: Reply()
        assert feed.await_taken(5) == [0, 1, 2, 3, 4]
        wait_until(lambda: feed.parked(loop).events == 0)
    assert _stored(feed) == {}


def test_parked_events_are_sealed(feed: HttpFeed) -> None:
    feed.partner.decide = asking_again(0.0)
    feed.agree()
    feed.worker.publish(readings(0, 1))
    with feed.worker.running():
        wait_until(lambda: len(_stored(feed)) == 1)
    ((key, value),) = _stored(feed).items()
    assert b"Li Bing" not in value
    assert b"43-0" not in key + value


def test_at_the_bound_the_partition_pauses_and_goes_on_when_there_is_room(feed: HttpFeed) -> None:
    feed.worker.parked_events = 4
    feed.partner.decide = asking_again(0.0)
    feed.agree()
    feed.worker.publish(readings(0, 9))
    with feed.worker.running() as (loop, _):
        await_lane(loop, feed.name, "waiting", "4 events are parked, the most there may be")
        assert len(_stored(feed)) == 4
        feed.partner.decide = lambda _request: Reply()
        assert feed.await_taken(9) == [float(n) for n in range(9)]


def test_a_rejected_event_is_a_dead_letter_and_its_key_goes_on(feed: HttpFeed) -> None:
    words = "the operator Li Bing is unknown"

    def decide(request: Request) -> Reply:
        said = [
            {"id": each["id"], "status": "rejected", "reason": words}
            if each["data"]["value"] == 1.0
            else {"id": each["id"], "status": "accepted"}
            for each in request.events
        ]
        return Reply(207, body=_results(said))

    feed.partner.decide = decide
    state = feed.agree()
    feed.worker.publish(readings(0, 3))
    with feed.worker.running():
        wait_until(lambda: len(feed.worker.dead_letters(feed.name)) == 1)
        wait_until(lambda: len(feed.partner.log) == 1)
    (letter,) = feed.worker.dead_letters(feed.name)
    assert (letter["sequence"], letter["reason"]["code"]) == (2, "rejected")
    assert "Li Bing" not in str(letter)
    key = HUB_KEY.open(state.dead_letter_key, state.dead_letter_context)
    assert open_under(key, letter["said"], letter["id"]).decode() == words


def test_a_contract_may_park_the_key_of_a_rejected_event(feed: HttpFeed) -> None:
    feed.partner.decide = lambda request: Reply(207, dict.fromkeys(request.ids, "rejected"))
    feed.agree(on_reject="park_key")
    feed.worker.publish(readings(0, 2))
    with feed.worker.running() as (loop, _):
        wait_until(lambda: feed.parked(loop).events == 2)
    assert feed.worker.dead_letters(feed.name) == []


@pytest.mark.parametrize(("status", "code"), [(422, "rejected"), (413, "too_large")])
def test_one_bad_event_among_many_is_found_and_the_others_arrive_in_order(
    feed: HttpFeed, status: int, code: str
) -> None:
    feed.partner.decide = refusing(37.0, Reply(status, body=b"no"))
    feed.agree()
    feed.worker.publish(readings(0, 100, stations=3))
    with feed.worker.running():
        taken = feed.await_taken(99)
        wait_until(lambda: len(feed.worker.dead_letters(feed.name)) == 1)
    assert taken == [float(n) for n in range(100) if n != 37]
    (letter,) = feed.worker.dead_letters(feed.name)
    assert (letter["sequence"], letter["reason"]["code"]) == (38, code)


def test_a_parked_event_is_shown_as_todays_agreement_lets_it_be_seen(feed: HttpFeed) -> None:
    feed.partner.decide = asking_again(0.0)
    key = feed.agree().dead_letter_key
    feed.worker.publish(readings(0, 1))
    with feed.worker.running() as (loop, _):
        wait_until(lambda: feed.parked(loop).events == 1)
        feed.agree(view=HIDDEN, version=2, dead_letter_key=key)
        wait_until(lambda: [runner.state.version for runner in loop.runners()] == [2])
        feed.partner.decide = lambda _request: Reply()
        feed.await_taken(1)
    (event,) = feed.partner.taken.values()
    assert feed.partner.requests[0].events[0]["data"]["operator"] == "Li Bing"
    assert "operator" not in event["data"]


def test_a_parked_event_that_todays_agreement_leaves_out_is_a_dead_letter(feed: HttpFeed) -> None:
    feed.partner.decide = asking_again(0.0)
    key = feed.agree().dead_letter_key
    feed.worker.publish(readings(0, 2))
    with feed.worker.running() as (loop, _):
        wait_until(lambda: feed.parked(loop).events == 2)
        feed.agree(filter="value > 0.5", version=2, dead_letter_key=key)
        feed.partner.decide = lambda _request: Reply(500)
        wait_until(lambda: [runner.state.version for runner in loop.runners()] == [2])
        feed.partner.decide = lambda _request: Reply()
        wait_until(lambda: len(feed.worker.dead_letters(feed.name)) == 1)
        assert feed.await_taken(1) == [1.0]
    (letter,) = feed.worker.dead_letters(feed.name)
    assert (letter["sequence"], letter["reason"]["code"]) == (1, "undeliverable")
    assert letter["body"] is None


def test_a_missing_secret_is_said_with_the_file_to_write(feed: HttpFeed) -> None:
    feed.agree(options={"secret": "not-there"})
    feed.worker.publish(readings(0, 1))
    with feed.worker.running() as (loop, _):
        await_lane(loop, feed.name, "failed", "no secret 'not-there'", "secrets/not-there")
    assert feed.partner.log == []


def _results(said: list[dict[str, str]]) -> bytes:
    return json.dumps({"results": said}).encode()


def _stored(feed: HttpFeed) -> dict[bytes, bytes]:
    """Return the feed's records on the topic of parked events, the newest of each key."""
    found: dict[bytes, bytes] = {}
    for record in TopicReader(feed.worker.kafka, PARKED_TOPIC).read():
        key, value = record.key() or b"", record.value()
        if f"|{feed.name}|".encode() in key:
            found.pop(key, None)
            if value is not None:
                found[key] = value
    return found

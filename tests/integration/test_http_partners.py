"""A partner that is away or asks for time: left alone by all its lanes, and by no one else's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.agreements import HUB_KEY
from tests.support.http_feed import HttpFeed, http_feed
from tests.support.lanes import await_lane, lanes, readings
from tests.support.partner import SECRET, HttpPartner, Reply, Request
from tests.support.waiting import wait_until

from lingqu.agreements.state import PartyState, pseudonym_context
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics
from lingqu_worker.metrics import (
    BREAKER,
    DELIVERED,
    LAG_SECONDS,
    RETENTION_USED,
    RETRIES,
    SENT,
)
from lingqu_worker.resources import Resources

pytestmark = pytest.mark.integration


@pytest.fixture
def feed(
    tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str
) -> Iterator[HttpFeed]:
    with http_feed(tmp_path, kafka, registry_url, unique, partitions=4) as made:
        yield made


def breaker_of(resources: Resources) -> str:
    return resources.breakers.of("recipient-44", "http-sink").status().state


def test_a_partner_that_is_away_is_asked_by_one_lane_and_neighbours_notice_nothing(
    feed: HttpFeed,
) -> None:
    other = {
        "recipient": PartyState("recipient-52", "52"),
        "pseudonym_key": HUB_KEY.new_wrapped_key(pseudonym_context("recipient-52")),
    }
    with HttpPartner().serving() as neighbour:
        feed.partner.decide = lambda _request: Reply(502)
        feed.agree()
        feed.agree(feed=f"{feed.name}-n", options={"url": neighbour.url}, **other)
        feed.worker.publish(readings(0, 200, stations=20))
        with feed.worker.running() as (loop, resources):
            wait_until(lambda: breaker_of(resources) == "open")
            wait_until(lambda: len(neighbour.taken) == 200)
            wait_until(lambda: resources.metrics.value(RETRIES, feed=feed.name) >= 8)
            wait_until(lambda: resources.metrics.value(BREAKER, **OURS) == 1)
            metrics, named = resources.metrics, {"feed": feed.name}
            wait_until(lambda: metrics.value(LAG_SECONDS, **named) > 0)
            age_s = metrics.value(LAG_SECONDS, **named)
            assert metrics.value(RETENTION_USED, **named) >= age_s * 1000 / kept_ms(feed) > 0
            assert metrics.value(SENT, **named) > metrics.value(DELIVERED, **named) == 0
            await_lane(loop, feed.name, "waiting", "'recipient-44' is left alone", "502")
            asked = [request.numbers[0] for request in feed.partner.requests]
            assert len(asked) <= 12, "four lanes share the probes of one breaker"
            feed.worker.publish(readings(200, 20, stations=20))
            wait_until(lambda: len(neighbour.taken) == 220)
            feed.partner.decide = lambda _request: Reply()
            feed.await_taken(220)
            wait_until(lambda: {lane.state for lane in lanes(loop, feed.name)} == {"running"})
            assert breaker_of(resources) == "closed"
            wait_until(lambda: metrics.value(LAG_SECONDS, **named) == 0)
            assert metrics.value(DELIVERED, **named) == 220
            assert metrics.value(RETRIES, feed=f"{feed.name}-n") == 0


OURS = {"partner": "recipient-44", "connector": "http-sink"}


def kept_ms(feed: HttpFeed) -> int:
    with Topics(feed.worker.kafka) as topics:
        return topics.facts(feed.worker.topic).retention_ms


def test_all_lanes_wait_as_long_as_the_partner_asks(feed: HttpFeed) -> None:
    came: list[float] = []

    def busy_at_first(_request: Request) -> Reply:
        came.append(time.monotonic())
        return Reply(429, headers={"Retry-After": "3"}) if len(came) == 1 else Reply()

    feed.partner.decide = busy_at_first
    feed.agree()
    feed.worker.publish(readings(0, 4))
    with feed.worker.running():
        feed.await_taken(4)
        feed.worker.publish(readings(0, 200, stations=20))
        feed.await_taken(204)
    assert came[1] - came[0] >= 3


def test_the_same_batch_comes_again_before_anything_newer(feed: HttpFeed) -> None:
    feed.partner.decide = lambda _request: Reply(raw=b"garbage")
    feed.agree()
    feed.worker.publish(readings(0, 5))
    with feed.worker.running():
        wait_until(lambda: len(feed.partner.log) >= 2)
        feed.worker.publish(readings(5, 5))
        wait_until(lambda: len(feed.partner.log) >= 4)
        feed.partner.decide = lambda _request: Reply()
        assert feed.await_taken(10) == [float(n) for n in range(10)]
    first = feed.partner.requests[0]
    again = [request for request, reply in feed.partner.log if reply.raw]
    assert {request.message_id for request in again} == {first.message_id}
    assert {request.body for request in again} == {first.body}
    assert feed.partner.requests[len(again)].message_id == first.message_id


def test_a_lane_has_one_request_in_flight(feed: HttpFeed) -> None:
    feed.agree(options={"batch_size": 5})
    feed.worker.publish(readings(0, 200))
    with feed.worker.running():
        assert feed.await_taken(200) == [float(n) for n in range(200)]
    assert feed.partner.most_at_once == 1
    assert max(len(request.events) for request in feed.partner.requests) == 5


def test_a_changed_secret_holds_from_the_next_start(feed: HttpFeed) -> None:
    feed.worker.keep_secret("partner-key", "whsec_" + "A" * 43 + "=")
    feed.agree()
    feed.worker.publish(readings(0, 1))
    with feed.worker.running():
        feed.await_taken(1)
    assert feed.partner.unsigned == 1
    feed.worker.keep_secret("partner-key", "whsec_" + "A" * 43 + "=\n" + SECRET)
    feed.worker.publish(readings(1, 1))
    with feed.worker.running():
        feed.await_taken(2)
    assert feed.partner.unsigned == 1

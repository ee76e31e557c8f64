from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert
from tests.support.broker import small_broker
from tests.support.outbox import (
    commit,
    events,
    expected,
    make_topic,
    outbox_at,
    per_key,
    read_all,
    relay_of,
    relaying,
    run_dying_relay,
    until,
)

from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.transaction import TransactionalLane
from lingqu.metrics import Metrics
from lingqu.outbox.metrics import OLDEST_SECONDS, PENDING
from lingqu.outbox.model import OUTBOX_GENERATION
from lingqu.outbox.relay import Relay
from lingqu.outbox.rows import Bundle, Rows

pytestmark = pytest.mark.integration

Open = Callable[[str], Engine]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Open outboxes that are closed after the test."""
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(outbox_at(url))


class HeldRelay(Relay):
    """Stops right before its commit until it is let go, heeding no lock: a zombie in the making."""

    def __init__(self, engine: Engine, kafka: KafkaSettings, service: str) -> None:
        super().__init__(engine, kafka, "43", service, Metrics())
        self.reached, self.let_go = threading.Event(), threading.Event()

    def _run_if_sole(self, stop: threading.Event) -> None:
        self._run_alone(stop)

    def _commit(self, lane: TransactionalLane, bundles: Sequence[Bundle]) -> None:
        self.reached.set()
        self.let_go.wait(60)
        super()._commit(lane, bundles)


class HastyRelay(Relay):
    """Gives a broker up after three seconds, so that the test need not wait for fifteen."""

    def _lane(self) -> TransactionalLane:
        return TransactionalLane(self._kafka, self._lane_id, timeout_s=3)


@pytest.mark.parametrize("moment", ["before-commit", "after-commit"])
def test_a_killed_relay_leaves_nothing_out_and_nothing_twice(
    opened: Open, database_url: str, kafka: KafkaSettings, unique: str, moment: str
) -> None:
    topic, outbox = make_topic(kafka, unique), opened(database_url)
    appended = commit(outbox, topic, events(50))
    run_dying_relay(database_url, kafka, unique, moment)
    assert Rows(outbox).pending().events == 50

    appended += commit(outbox, topic, events(50))
    with relaying(relay_of(outbox, kafka, unique)):
        until(lambda: Rows(outbox).pending().events == 0)

    assert per_key(read_all(kafka, topic)) == expected(appended)


def test_rows_of_a_database_made_anew_are_not_taken_for_published_ones(
    opened: Open, sqlite_url: str, tmp_path: Path, kafka: KafkaSettings, unique: str
) -> None:
    topic, lost = make_topic(kafka, unique), opened(sqlite_url)
    before = commit(lost, topic, events(20))
    run_dying_relay(sqlite_url, kafka, unique, "after-commit")

    anew = opened(f"sqlite:///{tmp_path / 'anew.sqlite'}")
    after = commit(anew, topic, events(20))
    with relaying(relay_of(anew, kafka, unique)):
        until(lambda: Rows(anew).pending().events == 0)

    assert per_key(read_all(kafka, topic)) == expected(before + after)


def test_rows_of_a_restored_database_are_told_from_published_ones_by_their_events(
    opened: Open, sqlite_url: str, tmp_path: Path, kafka: KafkaSettings, unique: str
) -> None:
    topic, damaged = make_topic(kafka, unique), opened(sqlite_url)
    before = commit(damaged, topic, events(20))
    run_dying_relay(sqlite_url, kafka, unique, "after-commit")

    restored = opened(f"sqlite:///{tmp_path / 'restored.sqlite'}")
    with restored.begin() as connection:
        same = {"id": 1, "generation": Rows(damaged).generation()}
        connection.execute(insert(OUTBOX_GENERATION).values(same))
    after = commit(restored, topic, events(20))
    with relaying(relay_of(restored, kafka, unique)):
        until(lambda: Rows(restored).pending().events == 0)

    assert per_key(read_all(kafka, topic)) == expected(before + after)


def test_the_older_of_two_relays_is_fenced(
    opened: Open, database_url: str, kafka: KafkaSettings, unique: str
) -> None:
    topic, outbox = make_topic(kafka, unique), opened(database_url)
    appended = commit(outbox, topic, events(30))
    with relaying(HeldRelay(outbox, kafka, unique)) as zombie:
        assert isinstance(zombie, HeldRelay)
        assert zombie.reached.wait(30)
        with relaying(relay_of(outbox, kafka, unique)):
            until(lambda: Rows(outbox).pending().events == 0)
        zombie.let_go.set()
        until(lambda: "newer owner" in "".join(zombie.missing()))

    assert per_key(read_all(kafka, topic)) == expected(appended)


def test_events_wait_for_an_absent_broker_and_follow_when_it_is_back(
    opened: Open, sqlite_url: str, tmp_path: Path, unique: str
) -> None:
    broker = small_broker(tmp_path / "kafka")
    kafka = KafkaSettings(bootstrap_servers=broker.bootstrap)
    topic, outbox = make_topic(kafka, unique), opened(sqlite_url)
    try:
        metrics = Metrics()
        with relaying(HastyRelay(outbox, kafka, "43", unique, metrics)) as relay:
            appended = commit(outbox, topic, events(10))
            until(lambda: Rows(outbox).pending().events == 0)
            until(lambda: metrics.value(OLDEST_SECONDS, service=unique) == 0)
            broker.kill()
            appended += commit(outbox, topic, events(10))
            until(lambda: relay.missing() != [], 120)
            until(lambda: metrics.value(PENDING, service=unique) == 10)
            age_s = metrics.value(OLDEST_SECONDS, service=unique)
            until(lambda: metrics.value(OLDEST_SECONDS, service=unique) > age_s > 0)
            broker.start()
            until(lambda: Rows(outbox).pending().events == 0, 120)
            until(lambda: relay.missing() == [])
            until(lambda: metrics.value(OLDEST_SECONDS, service=unique) == 0)

        assert per_key(read_all(kafka, topic)) == expected(appended)
    finally:
        broker.kill()

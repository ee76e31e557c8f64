from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
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
    until,
)

from lingqu.kafka.settings import KafkaSettings
from lingqu.metrics import Metrics
from lingqu.outbox import append, relay
from lingqu.outbox.metrics import ACTIVE, PENDING, PUBLISHED
from lingqu.outbox.relay import Relay
from lingqu.outbox.rows import Rows
from lingqu.service.database import make_engine, session_factory

pytestmark = pytest.mark.integration


@pytest.fixture
def outbox(database_url: str) -> Iterator[Engine]:
    with outbox_at(database_url) as engine:
        yield engine


def test_every_row_reaches_its_topic_once_and_in_order_per_key(
    outbox: Engine, kafka: KafkaSettings, unique: str
) -> None:
    topic = make_topic(kafka, unique)
    first = commit(outbox, topic, events(300))
    with relaying(relay_of(outbox, kafka, unique)):
        second = commit(outbox, topic, events(200))
        until(lambda: Rows(outbox).pending().events == 0)

    assert per_key(read_all(kafka, topic)) == expected(first + second)


def test_large_transactions_are_published_in_several(
    outbox: Engine, kafka: KafkaSettings, unique: str
) -> None:
    topic, metrics = make_topic(kafka, unique), Metrics()
    appended = commit(outbox, topic, events(11_000))
    with relaying(Relay(outbox, kafka, "43", unique, metrics)):
        until(lambda: metrics.value(PUBLISHED, service=unique, topic=topic) == 11_000)
        until(lambda: metrics.value(PENDING, service=unique) == 0)

    assert per_key(read_all(kafka, topic)) == expected(appended)
    assert Rows(outbox).pending().events == 0


def test_what_is_rolled_back_is_never_published(
    outbox: Engine, kafka: KafkaSettings, unique: str
) -> None:
    topic = make_topic(kafka, unique)
    with session_factory(outbox)() as session:
        append(session, topic, events(5))
        session.rollback()
    appended = commit(outbox, topic, events(2))
    with relaying(relay_of(outbox, kafka, unique)):
        until(lambda: Rows(outbox).pending().events == 0)

    assert per_key(read_all(kafka, topic)) == expected(appended)


def test_a_commit_wakes_the_relay_of_its_process(
    outbox: Engine, kafka: KafkaSettings, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "_POLL_S", 3600)
    topic, metrics = make_topic(kafka, unique), Metrics()
    with relaying(Relay(outbox, kafka, "43", unique, metrics)) as woken:
        until(lambda: metrics.value(ACTIVE, service=unique) == 1)
        commit(outbox, topic, events(3))
        until(lambda: metrics.value(PUBLISHED, service=unique, topic=topic) == 3)
        monkeypatch.undo()
        woken._wake.set()


def test_a_second_relay_waits_and_takes_over_when_the_first_ends(
    outbox: Engine, database_url: str, kafka: KafkaSettings, unique: str
) -> None:
    topic, first, second = make_topic(kafka, unique), Metrics(), Metrics()
    elsewhere = make_engine(database_url)
    standby = Relay(elsewhere, kafka, "43", unique, second)
    with relaying(Relay(outbox, kafka, "43", unique, first)):
        until(lambda: first.value(ACTIVE, service=unique) == 1)
        with relaying(standby):
            appended = commit(outbox, topic, events(4))
            until(lambda: Rows(outbox).pending().events == 0)
            assert second.value(ACTIVE, service=unique) == 0
            assert standby.missing() == []
    with relaying(standby):
        appended += commit(outbox, topic, events(4))
        until(lambda: Rows(outbox).pending().events == 0)
    elsewhere.dispose()

    assert per_key(read_all(kafka, topic)) == expected(appended)

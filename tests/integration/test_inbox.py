from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.support.inbox import InboxUnderTest, Noting, inbox_under_test, stated
from tests.support.topics import TopicReader, writer
from tests.support.waiting import wait_until

from lingqu.errors import ConflictError
from lingqu.inbox.metrics import EVENTS
from lingqu.inbox.progress import INBOX_PROGRESS
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.transaction import TransactionalLane
from lingqu.service.database import session_factory
from lingqu.wire.framing import frame

pytestmark = pytest.mark.integration


@pytest.fixture
def box(
    tmp_path: Path, database_url: str, kafka: KafkaSettings, unique: str
) -> Iterator[InboxUnderTest]:
    with inbox_under_test(tmp_path, database_url, kafka, unique) as found:
        yield found


@pytest.fixture
def box_on_sqlite(
    tmp_path: Path, sqlite_url: str, kafka: KafkaSettings, unique: str
) -> Iterator[InboxUnderTest]:
    with inbox_under_test(tmp_path, sqlite_url, kafka, unique) as found:
        yield found


def counted(box: InboxUnderTest, outcome: str) -> float:
    labels = {"service": box.topic, "topic": box.topic, "outcome": outcome}
    return box.metrics.value(EVENTS, **labels)


def test_events_take_effect_once_and_in_the_order_of_their_keys(box: InboxUnderTest) -> None:
    box.publish(*(stated(f"s{number % 3}", number) for number in range(30)))
    with box.running(Noting()):
        wait_until(lambda: len(box.effects()) == 30)
        box.publish(stated("s0", 30))
        wait_until(lambda: len(box.effects()) == 31)
    assert box.of("s0") == list(range(0, 31, 3))


def test_a_service_goes_on_where_its_database_says(box: InboxUnderTest) -> None:
    box.publish(stated("s", 1))
    with box.running(Noting()):
        wait_until(lambda: box.of("s") == [1])
    box.publish(stated("s", 2))
    with box.running(Noting()):
        wait_until(lambda: box.of("s") == [1, 2])
    assert len(box.effects()) == 2


def test_an_effect_that_fails_leaves_nothing_and_comes_again(box: InboxUnderTest) -> None:
    handler = Noting(failures=[ConflictError("not now"), ValueError("a defect")])
    box.publish(stated("s", 1), stated("s", 2))
    with box.running(handler):
        wait_until(lambda: box.of("s") == [1, 2])
    assert handler.failures == []


def test_what_fails_is_said_until_it_is_over(box_on_sqlite: InboxUnderTest) -> None:
    box = box_on_sqlite
    handler = Noting(failures=[ConflictError("the cure is to wait")] * 40)
    box.publish(stated("s", 1))
    with box.running(handler) as inbox:
        wait_until(lambda: any("the cure is to wait" in each for each in inbox.missing()))
        handler.failures.clear()
        wait_until(lambda: inbox.missing() == [] and box.of("s") == [1])


def test_a_record_that_cannot_be_decoded_is_left_out(box_on_sqlite: InboxUnderTest) -> None:
    box = box_on_sqlite
    box.publish(stated("s", 1))
    broken = (b"no framing", frame(box.schema_id, b"\xff\xff"), None)
    box.publish_raw(*(("s", payload) for payload in broken))
    box.publish(stated("s", 2))
    with box.running(Noting()):
        wait_until(lambda: box.of("s") == [1, 2])
    assert counted(box, "undecodable") == 3


def test_events_known_before_are_left_out(box_on_sqlite: InboxUnderTest) -> None:
    box = box_on_sqlite
    repeated = stated("s", 1)
    box.publish(repeated)
    with box.running(Noting()):
        wait_until(lambda: box.of("s") == [1])
        box.publish(repeated, stated("s", 2))
        wait_until(lambda: box.of("s") == [1, 2])
    assert counted(box, "known") == 1


def test_events_of_an_aborted_transaction_never_take_effect(
    box_on_sqlite: InboxUnderTest,
) -> None:
    box = box_on_sqlite
    lane = TransactionalLane(box.kafka, f"aborts-{box.topic}")
    lane.open(b"none")
    lane.begin()
    (body,) = box.codec.encode_rows([stated("s", 666)])
    lane.produce(box.topic, frame(box.schema_id, body), b"s")
    lane.raw.flush(10)
    lane.abort()
    lane.close()
    box.publish(stated("s", 1))
    with box.running(Noting()):
        wait_until(box.effects)
    assert box.of("s") == [1]


def test_two_processes_of_a_service_never_double_an_effect(box: InboxUnderTest) -> None:
    numbers = list(range(200))
    with box.running(Noting()), box.running(Noting()):
        for start in range(0, 200, 20):
            box.publish(*(stated("s", number) for number in numbers[start : start + 20]))
        wait_until(lambda: len(box.effects()) >= 200)
    assert box.of("s") == numbers


def test_another_topic_of_the_same_name_stops_the_inbox(box_on_sqlite: InboxUnderTest) -> None:
    box = box_on_sqlite
    box.publish(stated("s", 1))
    with box.running(Noting()):
        wait_until(lambda: box.of("s") == [1])
    with session_factory(box.engine).begin() as session:
        session.execute(update(INBOX_PROGRESS).values(topic_id="of the one before"))
    box.publish(stated("s", 2))
    with box.running(Noting()) as inbox:
        wait_until(lambda: any("re-created" in each for each in inbox.missing()))
    assert box.of("s") == [1]


def test_partitions_that_were_added_are_read_too(box_on_sqlite: InboxUnderTest) -> None:
    box = box_on_sqlite
    topic = TopicReader(box.kafka, box.topic)
    added = range(topic.partitions(), 2 * topic.partitions())
    with box.running(Noting()):
        box.publish(stated("s", 1))
        wait_until(lambda: box.of("s") == [1])
        topic.grow(added.stop)
        told = [stated(f"t{number}", number) for number in range(40)]
        bodies = box.codec.encode_rows(told)
        framed = [frame(box.schema_id, body) for body in bodies]
        keys = [each["station"].encode() for each in told]
        writer(box.kafka).deliver(box.topic, zip(keys, framed, strict=True))
        wait_until(lambda: len(box.effects()) == 41)
    assert {message.partition() for message in topic.read()} & set(added)


def test_an_offset_that_is_not_kept_stops_the_inbox(box_on_sqlite: InboxUnderTest) -> None:
    box = box_on_sqlite
    box.publish(stated("s", 1))
    with box.running(Noting()):
        wait_until(lambda: box.of("s") == [1])
    with session_factory(box.engine).begin() as session:
        session.execute(update(INBOX_PROGRESS).values(next_offset=99))
        parts = session.scalars(select(INBOX_PROGRESS.c.part)).all()
    with box.running(Noting()) as inbox:
        wait_until(lambda: any("is not kept any more" in each for each in inbox.missing()))
    assert parts


def test_a_registry_that_is_away_holds_events_up_and_loses_none(
    tmp_path: Path, sqlite_url: str, kafka: KafkaSettings, unique: str
) -> None:
    with inbox_under_test(tmp_path, sqlite_url, kafka, unique) as box:
        box.publish(stated("s", 1))
        away, here = box.registry.url, box.registry
        here._schemas.clear()
        here.url = "http://127.0.0.1:1"
        with box.running(Noting()) as inbox:
            wait_until(lambda: any("registry" in each for each in inbox.missing()))
            here.url = away
            wait_until(lambda: box.of("s") == [1])

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.support.ports import free_port
from tests.support.topics import TopicReader

from lingqu.errors import PermanentError, UnavailableError
from lingqu.kafka.publisher import Publisher
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec

pytestmark = pytest.mark.integration


@pytest.fixture
def topic(kafka: KafkaSettings, unique: str) -> str:
    with Topics(kafka) as topics:
        topics.ensure([TopicSpec(unique, 3)])
    return unique


def test_what_was_published_is_there_when_the_block_ends(kafka: KafkaSettings, topic: str) -> None:
    with Publisher(kafka) as publisher:
        for number in range(20):
            publisher.publish(topic, b"k%d" % (number % 4), b"%d" % number)
    records = TopicReader(kafka, topic).read()
    assert sorted(int(record.value()) for record in records) == list(range(20))


def test_a_topic_tells_when_its_newest_record_was_written(kafka: KafkaSettings, topic: str) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    with Topics(kafka) as topics:
        assert topics.newest(topic) is None
        with Publisher(kafka) as publisher:
            publisher.publish(topic, b"k", b"v")
        newest = topics.newest(topic)
    assert newest is not None
    assert before <= newest <= datetime.now(UTC)


def test_a_record_no_broker_takes_is_refused_and_others_go_on(
    kafka: KafkaSettings, topic: str
) -> None:
    with Publisher(kafka) as publisher:
        with pytest.raises(PermanentError, match=topic):
            publisher.publish(topic, None, b"x" * 2_000_000)
        publisher.publish(topic, None, b"small")
    assert [record.value() for record in TopicReader(kafka, topic).read()] == [b"small"]


def test_no_broker_is_one_sentence() -> None:
    nobody = KafkaSettings.model_validate({"bootstrap_servers": f"127.0.0.1:{free_port()}"})
    with pytest.raises(UnavailableError, match="is the broker up"):
        Publisher(nobody, timeout_s=2)

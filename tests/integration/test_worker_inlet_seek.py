"""An inlet reads on at the position its lane asked for, whatever the client does meanwhile."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient
from tests.support.broker import small_broker
from tests.support.waiting import wait_until

from lingqu.clock import SystemClock
from lingqu.connect.api import Batching
from lingqu.kafka.bulk import BulkProducer, consumer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec
from lingqu.metrics import Metrics
from lingqu_embedded.broker import Broker
from lingqu_worker.inlet import Inlet, Seek
from lingqu_worker.lane import Lane, LaneWork, Position
from lingqu_worker.records import Records

pytestmark = pytest.mark.integration

PARTITIONS = 4


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    broker = small_broker(tmp_path)
    yield broker
    broker.kill()


class Remembers(LaneWork):
    """Begins where its topic is said to begin, or after what its partition was given before."""

    batching = Batching()

    def __init__(self, watched: Watched, given: list[int]) -> None:
        self.watched = watched
        self.given = given
        self.opened = threading.Event()

    def open(self) -> Position:
        self.opened.set()
        return Position(self.given[-1] + 1 if self.given else self.watched.first)

    def check(self) -> None:
        """Nothing is forbidden."""

    def process(self, records: Records) -> None:
        self.given += records.offsets

    def close(self) -> None:
        """Nothing is open."""


class Watched:
    """A topic, an inlet on it, and what its lanes were given."""

    def __init__(self, kafka: KafkaSettings, topic: str) -> None:
        self.kafka, self.topic, self.first = kafka, topic, 0
        self.works: list[Remembers] = []
        self.offsets: dict[int, list[int]] = {number: [] for number in range(PARTITIONS)}
        self.inlet = Inlet(kafka, topic, topic, self._lane)
        self._writer = BulkProducer(kafka)
        with Topics(kafka) as topics:
            topics.ensure([TopicSpec(topic, PARTITIONS)])

    def write(self, count: int) -> None:
        for number in range(count):
            self._writer.produce(self.topic, b"v", b"%d" % number)
        self._writer.flush()

    def given(self) -> int:
        return sum(map(len, self.offsets.values()))

    def _lane(self, partition: int, seek: Seek) -> Lane:
        self.works.append(work := Remembers(self, self.offsets[partition]))
        return Lane(self.topic, partition, work, seek=seek, clock=SystemClock(), metrics=Metrics())


def test_a_late_answer_about_another_position_moves_no_lane(
    own_broker: Broker, unique: str
) -> None:
    """librdkafka asks again half a second after a seek has overtaken what it had asked before."""
    watched = Watched(KafkaSettings(bootstrap_servers=own_broker.bootstrap), unique)
    watched.write(400)
    reader, inlet = consumer(watched.kafka, unique), watched.inlet
    places = [TopicPartition(unique, number) for number in range(PARTITIONS)]
    for place in places:
        reader.get_watermark_offsets(place, 5)
    assert own_broker.process is not None
    own_broker.process.send_signal(signal.SIGSTOP)
    inlet._assigned(reader, places)
    reader.consume(1, 0.3)
    wait_until(lambda: all(work.opened.is_set() for work in watched.works))
    wait_until(lambda: inlet._seeks.qsize() == PARTITIONS)
    inlet._seek_where_asked(reader)
    assert inlet._seeks.empty(), "every seek was taken"
    own_broker.process.send_signal(signal.SIGCONT)

    def step() -> int:
        watched.write(200)
        inlet._dispatch(reader.consume(1_000, 0.02))
        return watched.given()

    wait_until(lambda: step() > 10_000)
    inlet._end_lanes(list(range(PARTITIONS)))
    reader.close()

    for work in watched.works:
        assert work.given == list(range(len(work.given)))


def test_a_partition_that_cannot_be_moved_any_more_is_read_by_a_new_member(
    kafka: KafkaSettings, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an offset was not there, librdkafka refuses every seek on that partition."""
    monkeypatch.setattr("lingqu_worker.inlet._SEEK_TIMEOUT_S", 0.5)
    watched = Watched(kafka, unique)
    watched.write(400)
    admin = AdminClient(kafka.for_librdkafka())
    low = [TopicPartition(unique, number, 5) for number in range(PARTITIONS)]
    for done in admin.delete_records(low).values():
        done.result(10)
    watched.inlet.start()
    try:
        wait_until(lambda: len(watched.works) > PARTITIONS, 60)
        watched.first = 5
        wait_until(lambda: watched.given() >= 400 - 5 * PARTITIONS, 60)
        for given in watched.offsets.values():
            assert given == list(range(5, 5 + len(given)))
    finally:
        watched.inlet.stop()
        watched.inlet.join()

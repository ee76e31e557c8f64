"""Published readings into a whole hub by `lingqu water import`, counted by a reader of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from tests.support.http import http
from tests.support.hub import TestHub
from tests.support.topics import end_offset
from tests.support.waiting import wait_until
from tests.support.water import shared_file

pytestmark = pytest.mark.e2e

LAST = "收尾"  # the section of the readings that a test states after its own
SAMPLES, ALERTS = "water.sample.v1", "water.alert.v1"
COUNTS = ("read", "accepted", "repeats", "revisions", "withdrawals", "refused")
# Rows as the account of the data counts them, by the province that reports them.
HOURLY = {
    "43": ("hourly4_2021/hunan.csv", (2072, 1872, 146, 25, 0, 29)),
    "36": ("hourly4_2021/jiangxi.csv", (1976, 1765, 69, 32, 21, 89)),
    "44": ("hourly4_2021/guangdong.csv", (2776, 2118, 385, 19, 0, 254)),
}
# One key of the first is told twice, and differently. Of the last, 8 keys are known from the
# hourly tables, which were collected a day later: what the reply says of them is history.
OTHERS = {
    "raw_json/2020-05-08.json": (1901, 1900, 0, 0, 0, 1),
    "raw_json/2020-06-15.json": (98, 70, 0, 0, 0, 28),
    "raw_json/2020-11-01.json": (98, 78, 0, 0, 0, 20),
    "raw_json/2021-03-31.json": (98, 79, 0, 0, 0, 19),
    "raw_json/2021-04-05.json": (98, 71, 8, 0, 0, 19),
    "snapshot_2026/snapshot_20260204.csv": (1156, 1156, 0, 0, 0, 0),
}

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Water:
    """A hub of 湖南 that is up, and an independent reader of its topics."""

    hub: TestHub
    registry: str
    water: str
    kafka: str

    def import_files(self, *names: str, collected_on: str = "") -> list[tuple[int, ...]]:
        """Return for each file the counts that `--json` prints."""
        files = [str(shared_file(name)) for name in names]
        day = ("--collected-on", collected_on) if collected_on else ()
        told = self.hub.lingqu("water", "import", *files, "--json", *day)
        assert told.returncode == 0, told.stderr
        return [counts(json.loads(line)) for line in told.stdout.splitlines()]

    def read(self, topic: str, since: dict[int, int] | None = None) -> list[Event]:
        """Read the committed events of a topic, by partition; all, or those since some offsets."""
        registry = SchemaRegistryClient({"url": self.registry})
        decode, found = AvroDeserializer(registry), []
        with self._consumer() as consumer:
            left = set(self._ends(consumer, topic))
            first = since or dict.fromkeys(left, OFFSET_BEGINNING)
            consumer.assign([TopicPartition(topic, *each) for each in first.items()])
            while left:
                message = consumer.poll(10)
                assert message is not None, f"{topic} could not be read to its end"
                error = message.error()
                if error is None:
                    context = SerializationContext(topic, MessageField.VALUE)
                    found.append(decode(message.value(), context))
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition())
        registry.close()
        return found

    def read_all_published(self) -> list[Event]:
        """State one more reading, wait until it is out, and read what is out before it.

        The outbox is published in its order: when the last one is there, so are all before it.
        """
        with self._consumer() as consumer:
            since = self._ends(consumer, SAMPLES)
        event_id = self._state_a_reading()
        wait_until(lambda: event_id in ids(self.read(SAMPLES, since)))
        return [event for event in self.read(SAMPLES) if event["section_name"] != LAST]

    def alerts(self, section: str) -> list[dict[str, Any]]:
        answer = http.get(f"{self.water}/v1/alerts", params={"section": section})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    @contextmanager
    def _consumer(self) -> Iterator[Consumer]:
        consumer = Consumer(
            {
                "bootstrap.servers": self.kafka,
                "group.id": "an-independent-reader",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
            }
        )
        try:
            yield consumer
        finally:
            consumer.close()

    @staticmethod
    def _ends(consumer: Consumer, topic: str) -> dict[int, int]:
        partitions = consumer.list_topics(topic, 10).topics[topic].partitions
        places = [TopicPartition(topic, number) for number in partitions]
        return {each.partition: end_offset(consumer, each) for each in places}

    def _state_a_reading(self) -> str:
        reading = {
            "section_name": LAST,
            "reporting_region": "43",
            "method": "manual",
            "sampled_at": datetime.now(UTC).isoformat(),
        }
        answer = http.post(f"{self.water}/v1/readings", json=reading)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["results"][0]["event_id"])


@pytest.fixture(scope="module")
def water(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Water]:
    shared_file(HOURLY["43"][0])
    hub = TestHub.on_free_ports(tmp_path_factory.mktemp("water") / "home")
    try:
        started = hub.up("--region", "43", "--kafka-heap", "256")
        assert started.returncode == 0, started.stdout + started.stderr
        status = hub.status()
        yield Water(hub, status["urls"]["registry"], status["urls"]["water"], status["kafka"])
    finally:
        hub.lingqu("down")


@dataclass(frozen=True, slots=True)
class Imported:
    """What importing files twice came to."""

    first: list[tuple[int, ...]]
    second: list[tuple[int, ...]]
    published: list[Event]
    published_by_the_second: list[Event]


@pytest.fixture(scope="module")
def hourly(water: Water) -> Imported:
    """Import the three 4-hourly tables, and then all three again."""
    return import_twice(water, [file for file, _ in HOURLY.values()], "2021-04-06")


@pytest.fixture(scope="module")
def others(water: Water, hourly: Imported) -> Imported:
    """Import the other published files, and then all of them again."""
    assert hourly.published
    return import_twice(water, list(OTHERS))


def import_twice(water: Water, files: list[str], collected_on: str = "") -> Imported:
    before = ids(water.read_all_published())
    first = water.import_files(*files, collected_on=collected_on)
    between = water.read_all_published()
    second = water.import_files(*files, collected_on=collected_on)
    after = water.read_all_published()
    return Imported(
        first,
        second,
        [event for event in between if event["event_id"] not in before],
        [event for event in after if event["event_id"] not in ids(between)],
    )


def ids(events: list[Event]) -> set[str]:
    found = {event["event_id"] for event in events}
    assert len(found) == len(events)
    return found


def counts(told: dict[str, Any]) -> tuple[int, ...]:
    return tuple(len(told[name]) if name == "refused" else told[name] for name in COUNTS)


def changes(events: list[Event]) -> Counter[str]:
    return Counter(event["change"] for event in events)


def of_a_second_import(read: int, refused: int) -> tuple[int, ...]:
    return read, 0, read - refused, 0, 0, refused


def test_the_hourly_tables_come_to_the_counts_of_their_rows(hourly: Imported) -> None:
    assert hourly.first == [expected for _, expected in HOURLY.values()]


def test_a_second_import_finds_only_repeats_and_publishes_nothing(hourly: Imported) -> None:
    rows = [(expected[0], expected[-1]) for _, expected in HOURLY.values()]
    assert hourly.second == [of_a_second_import(read, refused) for read, refused in rows]
    assert hourly.published_by_the_second == []


@pytest.mark.parametrize("region", HOURLY)
def test_an_independent_reader_counts_the_same_events(hourly: Imported, region: str) -> None:
    _, (_, accepted, _, revisions, withdrawals, _) = HOURLY[region]
    events = [event for event in hourly.published if event["reporting_region"] == region]
    assert len(events) == accepted + revisions + withdrawals
    assert changes(events)["first"] == accepted
    assert changes(events)["revision"] == revisions
    assert changes(events)["withdrawal"] == withdrawals
    assert {event["origin"] for event in events} == {"43"}


def test_each_event_supersedes_the_one_before_it(hourly: Imported) -> None:
    last: dict[tuple[Any, ...], str] = {}
    for event in hourly.published:
        key = event["section_code"], event["sampled_at"], event["method"]
        assert event["supersedes"] == last.get(key)
        assert (event["change"] == "first") == (key not in last)
        last[key] = event["event_id"]
    assert len(last) == sum(expected[1] for _, expected in HOURLY.values())


def test_the_raw_replies_and_the_snapshot_come_to_their_counts(others: Imported) -> None:
    assert others.first == list(OTHERS.values())
    assert changes(others.published) == {"first": sum(row[1] for row in OTHERS.values())}


def test_a_second_import_of_those_publishes_nothing_either(others: Imported) -> None:
    assert [row[1] for row in others.second] == [0] * len(OTHERS)
    assert others.published_by_the_second == []


def test_the_jump_at_liye_raises_one_alert_that_is_marked_suspect(
    water: Water, hourly: Imported
) -> None:
    assert hourly.published
    (alert,) = water.alerts("43-里耶镇")
    assert (alert["item_code"], alert["value"], alert["direction"]) == ("w01019", 13.6, "own")
    assert alert["suspect"]
    assert "13.6" in alert["suspect_reason"]
    chain = [each for each in water.read(ALERTS) if each["section_code"] == "43-里耶镇"]
    assert {each["alert_id"] for each in chain} == {alert["alert_id"]}
    assert [each["change"] for each in chain] == ["first", *["revision"] * (len(chain) - 1)]
    assert [each["supersedes"] for each in chain] == [None, *(e["event_id"] for e in chain[:-1])]
    assert chain[-1]["suspect"]

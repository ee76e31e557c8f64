"""The water service between its topics: what it publishes, and what comes to it.

On a broker of its own: all tests of the service speak on the same topic.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.broker import small_broker
from tests.support.gateway import SmallRegistry, small_registry
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until
from tests.support.water import WaterUnderTest, water_under_test

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, progress_spec
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame
from lingqu.wire.registry import RegistryClient
from lingqu_water.readings.model import SAMPLE_TOPIC

pytestmark = pytest.mark.integration

SCHEMAS = Path(__file__).parents[2] / "schemas"
SECTION = "44-示例断面"


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSettings]:
    broker = small_broker(tmp_path_factory.mktemp("kafka"))
    settings = KafkaSettings(bootstrap_servers=broker.bootstrap)
    with Topics(settings) as topics:
        water = [each for each in load_catalogue(SCHEMAS) if each.domain == "water"]
        names = [topic for each in water for topic in [each.topic()]]
        topics.ensure([progress_spec(), *(TopicSpec(name, 3) for name in names)])
    yield settings
    broker.stop()


@pytest.fixture(scope="module")
def registry() -> Iterator[SmallRegistry]:
    """Yield the registry of all hubs here: an id on the topic must mean one schema."""
    with small_registry() as found:
        yield found


class Neighbour:
    """Writes samples to the canonical topic, as the hub's other ways in do."""

    def __init__(self, water: WaterUnderTest, kafka: KafkaSettings) -> None:
        contract = load_catalogue(SCHEMAS).contract("water.sample")
        self.codec = AvroCodec(contract.latest().schema)
        self.producer = BulkProducer(kafka)
        with RegistryClient(water.registry.url) as registry:
            self.schema_id = registry.register(contract.subject(), contract.latest().schema)

    def write(self, *events: dict[str, Any]) -> None:
        records = [
            (each["section_code"].encode(), frame(self.schema_id, body))
            for each, body in zip(events, self.codec.encode_rows(events), strict=True)
        ]
        self.producer.deliver(SAMPLE_TOPIC, records)


def sample(number: int, codmn: float, section: str, **changes: Any) -> dict[str, Any]:
    at = 1_772_337_600_000
    return {
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{section}/{number}")),
        "occurred_at": at + number,
        "origin": "44",
        "section_code": section,
        "section_name": section.partition("-")[2],
        "reporting_region": "44",
        "sampled_at": at,
        "method": "auto",
        "data_level": "raw",
        "validity": "valid",
        "items": [{"code": "w01019", "value": codmn, "unit": "mg/L", "flag": "measured"}],
        **changes,
    }


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


def published(kafka: KafkaSettings, section: str) -> list[dict[str, Any]]:
    codec = AvroCodec(load_catalogue(SCHEMAS).contract("water.sample").latest().schema)
    values = [message.value() for message in TopicReader(kafka, SAMPLE_TOPIC).read()]
    events = codec.decode_rows([value[5:] for value in values])
    return [each for each in events if each["section_code"] == section]


def values(water: WaterUnderTest, section: str) -> list[float]:
    found = water.get("readings", section=section)["items"]
    return [each["items"][0]["value"] for each in found]


def posted(section: str, value: float) -> dict[str, Any]:
    return {
        "section_name": section.partition("-")[2],
        "reporting_region": section.partition("-")[0],
        "sampled_at": "2026-03-01T12:00:00+08:00",
        "method": "auto",
        "items": [{"code": "w01019", "value": value, "unit": "mg/L"}],
    }


def test_statements_are_published_once_and_do_not_come_back_as_others(
    tmp_path: Path, url: str, own_kafka: KafkaSettings, registry: SmallRegistry, unique: str
) -> None:
    section = f"43-{unique}"
    with water_under_test(tmp_path, url, own_kafka, registry=registry) as water:
        wait_until(lambda: water.client.get("/readyz").status_code == 200)
        for value in (2.0, 5.0):
            water.post("readings", posted(section, value))
        wait_until(lambda: len(published(own_kafka, section)) == 2)
        known = 'lingqu_inbox_events_total{outcome="known",service="water",topic="water.sample.v1"}'
        wait_until(lambda: f"{known} 0.0" not in water.client.get("/metrics").text)
        first, second = published(own_kafka, section)
        assert (first["change"], second["change"]) == ("first", "revision")
        assert second["supersedes"] == first["event_id"]
        (shown,) = water.get("readings", section=section)["items"]
        assert shown["event_id"] == second["event_id"]
    assert len(published(own_kafka, section)) == 2


def test_readings_of_a_neighbour_are_taken_and_not_published_again(
    tmp_path: Path, url: str, own_kafka: KafkaSettings, registry: SmallRegistry, unique: str
) -> None:
    section = f"44-{unique}"
    with water_under_test(tmp_path, url, own_kafka, registry=registry) as water:
        neighbour = Neighbour(water, own_kafka)
        first = sample(1, 3.0, section)
        neighbour.write(first)
        wait_until(lambda: values(water, section) == [3.0])
        revision = sample(
            2,
            7.0,
            section,
            change="revision",
            supersedes=first["event_id"],
            occurred_at=first["occurred_at"],
        )
        neighbour.write(revision)
        wait_until(lambda: values(water, section) == [7.0])
        neighbour.write(first)
        neighbour.write(sample(3, 1.0, f"{section}-other"))
        wait_until(lambda: values(water, f"{section}-other") == [1.0])
        assert values(water, section) == [7.0]
        (shown,) = water.get("readings", section=section)["items"]
        assert (shown["event_id"], shown["water_class"]) == (revision["event_id"], "Ⅳ")
    assert len(published(own_kafka, section)) == 3


def test_a_reading_taken_back_by_a_neighbour_is_withdrawn(
    tmp_path: Path, sqlite_url: str, own_kafka: KafkaSettings, registry: SmallRegistry, unique: str
) -> None:
    section = f"44-{unique}"
    with water_under_test(tmp_path, sqlite_url, own_kafka, registry=registry) as water:
        neighbour = Neighbour(water, own_kafka)
        first = sample(11, 3.0, section)
        taken_back = sample(
            12,
            3.0,
            section,
            change="withdrawal",
            supersedes=first["event_id"],
            validity="invalid",
            validity_reason="撤回",
        )
        neighbour.write(first, taken_back)
        wait_until(lambda: water.get("readings", section=section)["items"])
        wait_until(lambda: water.get("readings", section=section)["items"][0]["withdrawn"])


def test_a_service_started_again_takes_what_came_meanwhile(
    tmp_path: Path, sqlite_url: str, own_kafka: KafkaSettings, registry: SmallRegistry, unique: str
) -> None:
    section = f"44-{unique}"
    with water_under_test(tmp_path, sqlite_url, own_kafka, registry=registry) as water:
        Neighbour(water, own_kafka).write(sample(21, 3.0, section))
        wait_until(lambda: values(water, section) == [3.0])
    with water_under_test(tmp_path, sqlite_url, own_kafka, registry=registry) as water:
        Neighbour(water, own_kafka).write(sample(22, 4.0, section, sampled_at=1_772_352_000_000))
        wait_until(lambda: sorted(values(water, section)) == [3.0, 4.0])

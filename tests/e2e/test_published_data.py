"""Published readings, through a whole hub of a province, to two kinds of partner."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from confluent_kafka import DeserializingConsumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from tests.support.broker import SharedBroker
from tests.support.hub import ROOT, TestHub
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until

from lingqu.kafka.settings import KafkaSettings

pytestmark = pytest.mark.e2e

DATA = ROOT.parent / "shared" / "data" / "water" / "hourly4_2021"
TOPIC = "water.sample.v1"
PROVINCES = [
    ("hunan", "43", 1_897, 29),
    ("jiangxi", "36", 1_818, 89),
    ("guangdong", "44", 2_137, 254),
]


@dataclass(frozen=True, slots=True)
class Province:
    """A hub with two partners, a Kafka topic on another cluster and a folder, and an inbox."""

    hub: TestHub
    region: str
    file: Path
    distinct: int
    refused: int
    target: str
    broker: str
    drop: Path
    inbox: Path

    def publish(self) -> dict[str, Any]:
        told = self.hub.lingqu(
            "publish", TOPIC, str(self.file), "--mapping", "cnemc-hourly4", "--json"
        )
        outcome: dict[str, Any] = json.loads(told.stdout)
        return outcome

    def leave(self, name: str, suffix: str = "") -> list[str]:
        """Drop the table, its sections' names longer, and return what is said of it then."""
        with self.file.open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        with (self.inbox / f".{name}").open("w", encoding="utf-8") as hidden:
            writer = csv.DictWriter(hidden, rows[0])
            writer.writeheader()
            writer.writerows({**row, "断面名称": row["断面名称"] + suffix} for row in rows)
        (self.inbox / f".{name}").rename(self.inbox / name)
        wait_until((self.inbox / "failed" / name).exists, 120)
        errors = self.inbox / "failed" / f"{name}.errors.txt"
        return errors.read_text("utf-8-sig").splitlines()

    def in_topic(self) -> list[tuple[Any, int]]:
        """Read with the field's usual client: event and `lq_seq` of each delivered record."""
        registry = SchemaRegistryClient({"url": self.hub.status()["urls"]["registry"]})
        reader = DeserializingConsumer(
            {
                "bootstrap.servers": self.broker,
                "group.id": f"reader-of-{self.target}",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "value.deserializer": AvroDeserializer(registry),
            }
        )
        reader.assign([TopicPartition(self.target, number, 0) for number in range(6)])
        found: list[tuple[Any, int]] = []
        # Once all are there, what comes twice would follow at once.
        while (message := reader.poll(10 if len(found) < self.distinct else 1)) is not None:
            found.append((message.value(), int(dict(message.headers())["lq_seq"])))
        reader.close()
        registry.close()
        return found

    def in_folder(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for manifest in self.drop.glob("*.manifest.json"):
            lines = (self.drop / json.loads(manifest.read_text())["file"]).read_text("utf-8")
            rows += [json.loads(line) for line in lines.splitlines()]
        return rows

    def canonical(self) -> list[str]:
        """Return the ids on the province's own topic: the envelope begins with them."""
        kafka = KafkaSettings(bootstrap_servers=self.hub.status()["kafka"])
        payloads = [bytes(each.value() or b"") for each in TopicReader(kafka, TOPIC).read()]
        return [payload[6:42].decode() for payload in payloads]


@pytest.fixture(scope="module", params=PROVINCES, ids=[name for name, *_ in PROVINCES])
def province(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, broker: SharedBroker
) -> Iterator[Province]:
    name, region, distinct, refused = request.param
    file = DATA / f"{name}.csv"
    if not file.exists():
        pytest.skip(f"the published readings are not here: {file.name}")
    folder = tmp_path_factory.mktemp(name)
    hub = TestHub.on_free_ports(folder / "home")
    target = f"{name}.{hub.port_offset}.{TOPIC}"
    drop, inbox = folder / "drop", folder / "in"
    made = Province(
        hub, region, file, distinct, refused, target, broker.bootstrap, drop, inbox
    )  # fmt: skip
    for place in (drop, inbox):
        place.mkdir()
    try:
        started = hub.up("--region", region, "--only", "api,worker")
        assert started.returncode == 0, started.stdout + started.stderr
        terms = folder / "agreements.yaml"
        terms.write_text(agreements(made), "utf-8")
        applied = hub.lingqu("agreement", "apply", str(terms))
        assert applied.returncode == 0, applied.stderr
        yield made
    finally:
        hub.lingqu("down")


def agreements(province: Province) -> str:
    """Return a region file: to two partners, and from an office that drops its tables."""
    kafka = {
        "bootstrap_servers": province.broker,
        "topic": province.target,
        "registry_url": province.hub.status()["urls"]["registry"],
    }
    files = {"folder": str(province.drop), "format": "jsonl", "max_wait_s": 0.5}
    inbox = {"folder": str(province.inbox), "mapping": "cnemc-hourly4"}
    often = {"settle_s": 0.2, "every_s": 0.2}
    low = {"clearance": {"grade": 1, "kinds": []}, "fields": "all"}
    masked = {**low, "masks": {"section_name": {"mask": "keep_first", "n": 1}}}
    whole = {"clearance": {"grade": 4, "kinds": ["personal"]}, "fields": "all"}
    regions = {"here": province.region, "stations": province.region, "there": "52"}

    def agreement(
        feed: str, provider: str, recipient: str, connector: str, options: Any, **terms: Any
    ) -> dict[str, Any]:
        return {
            "id": feed, "feed": feed, "title": "t",
            "contract": "water.sample", "contract_version": "1.0",
            "provider": {"partner": provider, "region": regions[provider]},
            "recipient": {"partner": recipient, "region": regions[recipient]},
            "purpose": "p", "legal_basis": "l",
            "valid_from": "2021-01-01", "valid_until": "2030-12-31",
            "delivery": {"connector": connector, "options": options}, **terms,
        }  # fmt: skip

    classed = {"view": low, "filter": "published_class != null"}
    document = {
        "region": province.region,
        "partners": [{"id": name, "name": "n", "region": at} for name, at in regions.items()],
        "agreements": [
            agreement("to-kafka", "here", "there", "kafka-sink", kafka, view=masked),
            agreement("to-folder", "here", "there", "file-sink", files, **classed),
            agreement("tables", "stations", "here", "file-source", {**inbox, **often}, view=whole),
        ],
    }
    return yaml.safe_dump(document, allow_unicode=True)


def distinct_rows(file: Path) -> tuple[int, int]:
    """Count rows distinct in key and content that have a real time, and those with a class."""
    with file.open(encoding="utf-8") as lines:
        rows = {tuple(row.values()): row for row in csv.DictReader(lines)}
    timed = [row for row in rows.values() if row["监测时间"] not in ("*", "--")]
    return len(timed), sum(row["水质类别"] not in ("*", "--") for row in timed)


def test_published_readings_reach_both_partners_once_however_often_they_are_published(
    province: Province,
) -> None:
    distinct, classed = distinct_rows(province.file)
    assert distinct == province.distinct
    first = province.publish()
    assert (first["accepted"], len(first["refused"])) == (province.distinct, province.refused)
    assert first["read"] == first["accepted"] + first["repeats"] + len(first["refused"])
    assert {refusal["code"] for refusal in first["refused"]} == {"no_time"}
    again = province.publish()
    assert (again["accepted"], again["repeats"]) == (0, first["accepted"] + first["repeats"])
    wait_until(lambda: len(province.in_folder()) >= classed, 60)
    records = province.in_topic()
    assert len({event["event_id"] for event, _ in records}) == len(records) == province.distinct
    names = {event["section_name"] for event, _ in records}
    assert all(name == "***" or name.endswith("***") for name in names)
    assert not any("operator_name" in event for event, _ in records)
    rows = province.in_folder()
    assert len({row["event_id"] for row in rows}) == len(rows) == classed


@pytest.mark.parametrize("province", PROVINCES[:1], ids=["hunan"], indirect=True)
def test_a_table_that_is_dropped_comes_in_once_whatever_it_is_called(province: Province) -> None:
    assert len(province.canonical()) == province.distinct
    said = province.leave("upstream.csv", "上游")
    assert said[0].endswith(f", {province.refused} refused")
    assert len(said) == 1 + province.refused
    province.leave("upstream-again.csv", "上游")
    province.leave("downstream.csv", "下游")
    # What comes of a file is on the topic before what comes of the next.
    wait_until(lambda: len(province.canonical()) >= 3 * province.distinct, 60)
    found = province.canonical()
    assert (len(found), len(set(found))) == (3 * province.distinct, 3 * province.distinct)

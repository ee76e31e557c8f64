"""Published readings, through a whole hub of their province, to two kinds of partner."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from confluent_kafka import DeserializingConsumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from tests.support.broker import SharedBroker
from tests.support.hub import ROOT, TestHub
from tests.support.waiting import wait_until

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
    """A province's hub with two partners: a Kafka topic on another cluster, and a folder."""

    hub: TestHub
    file: Path
    distinct: int
    refused: int
    target: str
    broker: str
    folder: Path

    def publish(self) -> dict[str, Any]:
        told = self.hub.lingqu(
            "publish", TOPIC, str(self.file), "--mapping", "cnemc-hourly4", "--json"
        )
        outcome: dict[str, Any] = json.loads(told.stdout)
        return outcome

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
        reader.subscribe([self.target])
        found: list[tuple[Any, int]] = []
        # Once all are there, what comes twice would follow at once.
        while (message := reader.poll(5 if len(found) < self.distinct else 1)) is not None:
            found.append((message.value(), int(dict(message.headers())["lq_seq"])))
        reader.close()
        registry.close()
        return found

    def in_folder(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for manifest in self.folder.glob("*.manifest.json"):
            lines = (self.folder / json.loads(manifest.read_text())["file"]).read_text("utf-8")
            rows += [json.loads(line) for line in lines.splitlines()]
        return rows


@pytest.fixture(params=PROVINCES, ids=[name for name, *_ in PROVINCES])
def province(
    request: pytest.FixtureRequest, tmp_path: Path, broker: SharedBroker, unique: str
) -> Iterator[Province]:
    name, region, distinct, refused = request.param
    file = DATA / f"{name}.csv"
    if not file.exists():
        pytest.skip(f"the published readings are not here: {file.name}")
    hub = TestHub.on_free_ports(tmp_path / "home")
    folder, target = tmp_path / "drop", f"{unique}.{TOPIC}"
    folder.mkdir()
    try:
        started = hub.lingqu("up", "--detach", "--region", region, "--only", "api,worker")
        assert started.returncode == 0, started.stdout + started.stderr
        terms = tmp_path / "agreements.yaml"
        kafka = {"bootstrap_servers": broker.bootstrap, "topic": target}
        kafka["registry_url"] = hub.status()["urls"]["registry"]
        terms.write_text(agreements(region, kafka, folder), "utf-8")
        applied = hub.lingqu("agreement", "apply", str(terms))
        assert applied.returncode == 0, applied.stderr
        yield Province(hub, file, distinct, refused, target, broker.bootstrap, folder)
    finally:
        hub.lingqu("down")


def agreements(region: str, kafka: dict[str, str], folder: Path) -> str:
    """Return a region file with the two agreements of the test."""
    provider, recipient = (
        {"partner": "here", "region": region},
        {"partner": "there", "region": "52"},
    )
    common = {
        "title": "t", "contract": "water.sample", "contract_version": "1.0",
        "provider": provider, "recipient": recipient, "purpose": "p", "legal_basis": "l",
        "valid_from": "2021-01-01", "valid_until": "2030-12-31",
    }  # fmt: skip
    low = {"clearance": {"grade": 1, "kinds": []}, "fields": "all"}
    masked = {**low, "masks": {"section_name": {"mask": "keep_first", "n": 1}}}
    files = {"folder": str(folder), "format": "jsonl", "max_wait_s": 0.5}
    document = {
        "region": region,
        "partners": [
            {"id": "here", "name": "h", "region": region},
            {"id": "there", "name": "t", "region": "52"},
        ],
        "agreements": [
            {**common, "id": "k", "feed": "to-kafka", "view": masked,
             "delivery": {"connector": "kafka-sink", "options": kafka}},
            {**common, "id": "f", "feed": "to-folder", "view": low,
             "filter": "published_class != null",
             "delivery": {"connector": "file-sink", "options": files}},
        ],
    }  # fmt: skip
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

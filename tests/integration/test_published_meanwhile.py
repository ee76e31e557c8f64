"""What is published while services run is served without a restart of any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import contract_folder, event, field, reading_fields, schema
from tests.support.gateway import gateway_under_test
from tests.support.lanes import arrivals
from tests.support.releases import release
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.publisher import Publisher
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import COMPACTED, Topics, TopicSpec, internal_topics
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES, frame

pytestmark = pytest.mark.integration


def test_a_new_major_has_the_events_of_the_old_one_as_soon_as_it_is_published(
    tmp_path: Path, sqlite_url: str, kafka: KafkaSettings, unique: str
) -> None:
    name = f"demo.{unique}"
    terms: dict[str, Any] = {"rules": [], "partitions": 1}
    with gateway_under_test(tmp_path, sqlite_url, kafka, unique, contract=terms) as gateway:
        folder = tmp_path / "schemas"
        contract = load_catalogue(folder).contract(name)
        worker = WorkerUnderTest(
            kafka, gateway.registry.url, contract, folder, f"{unique}.agreement"
        )
        make_topics(worker, f"{name}.v2")
        worker.agree(unique, options=worker.kafka_options())
        with worker.running("44") as (loop, _):
            wait_until(lambda: len(loop.runners()) == 1)
            publish_major(tmp_path, name, terms)
            path = f"/v1/topics/{name}.v2"
            wait_until(lambda: gateway.client.get(path).status_code == 200)
            wait_until(lambda: [majors(each) for each in loop.runners()] == [(1, 2)])

            sent = event(origin=gateway.region, station="gateway")
            assert gateway.publish([sent]).status_code == 202
            deliver(worker, event(station="partner"))

            found = worker.await_delivered(f"{name}.v2", 2)
    newest = load_catalogue(folder).contract(name).latest(2).schema
    rows = AvroCodec(newest).decode_rows([record.value()[HEADER_BYTES:] for record in found])
    assert sorted((row["station"], row["added"]) for row in rows) == [
        ("gateway", 0),
        ("partner", 0),
    ]


def majors(runner: Any) -> tuple[int, ...]:
    found: tuple[int, ...] = runner.contract.majors
    return found


def make_topics(worker: WorkerUnderTest, newer: str) -> None:
    names = (worker.topic, newer, arrivals(worker))
    with Topics(worker.kafka) as topics:
        specs = [TopicSpec(each, 1) for each in names]
        topics.ensure([*internal_topics(), *specs, TopicSpec(worker.table_topic, 1, COMPACTED)])


def publish_major(tmp_path: Path, name: str, terms: dict[str, Any]) -> None:
    """Do what `lingqu contract publish` leaves behind."""
    texts = {
        "1.0": schema(name),
        "2.0": schema(name, [*reading_fields(), field("added", "long", default=0)]),
    }
    overlap = {"majors": {1: {"served_until": "2099-12-31"}}}
    folder = contract_folder(tmp_path, name, versions=texts, **terms, **overlap)
    release(folder / "demo" / name.partition(".")[2], *texts)


def deliver(worker: WorkerUnderTest, row: dict[str, Any]) -> None:
    """Write an event where the partner's hub does."""
    body = AvroCodec(worker.contract.latest().schema).encode_rows([row])[0]
    with Publisher(worker.kafka) as publisher:
        key = worker.contract.key_of(row).encode()
        publisher.publish(arrivals(worker), key, frame(worker.schema_id(), body))

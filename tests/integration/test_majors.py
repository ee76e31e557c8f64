"""While two majors are served, each partner gets every event once, in the version it signed for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import event, field, reading_fields, schema
from tests.support.gateway import GatewayUnderTest, gateway_under_test, make_topics
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.agreements.state import PartyState
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.kafka.publisher import Publisher
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import COMPACTED, Topics, TopicSpec, internal_topics
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES, frame

pytestmark = pytest.mark.integration

EVENTS = 30


def versions(name: str) -> dict[str, str]:
    """Return three: 1.1 adds a field, 2.0 renames `note` and leaves `value` out."""
    kept = [each for each in reading_fields() if each["name"] not in ("note", "value")]
    remark = field("remark", "string", aliases=["note"], default="")
    added = field("added", "long", default=0)
    return {
        "1.0": schema(name),
        "1.1": schema(name, [*reading_fields(), added]),
        "2.0": schema(name, [*kept, remark, added]),
    }


@pytest.fixture
def gateway(
    tmp_path: Path, sqlite_url: str, kafka: KafkaSettings, unique: str
) -> Iterator[GatewayUnderTest]:
    for major in (1, 2):
        make_topics(kafka, f"demo.{unique}.v{major}")
    contract = {
        "versions": versions(f"demo.{unique}"),
        "majors": {1: {"served_until": "2099-12-31"}},
        "rules": [],
        "partitions": 3,
    }
    with gateway_under_test(tmp_path, sqlite_url, kafka, unique, contract=contract) as made:
        yield made


@pytest.fixture
def worker(
    gateway: GatewayUnderTest, tmp_path: Path, kafka: KafkaSettings, unique: str
) -> WorkerUnderTest:
    folder = tmp_path / "schemas"
    contract = load_catalogue(folder).contract(f"demo.{unique}")
    table = f"{unique}.agreement"
    with Topics(kafka) as topics:
        topics.ensure([*internal_topics(), TopicSpec(table, 1, COMPACTED)])
    return WorkerUnderTest(kafka, gateway.registry.url, contract, folder, table)


def signed(worker: WorkerUnderTest, number: str) -> WorkerUnderTest:
    """Return the same worker with the contract as it was when that version was signed."""
    contract = worker.contract
    return replace(worker, contract=replace(contract, versions=(contract.version(number),)))


def rows(region: str) -> list[tuple[int, dict[str, Any]]]:
    """Return events of a producer that moves from one major to the other and back."""
    made: list[tuple[int, dict[str, Any]]] = []
    for n in range(EVENTS):
        row = event(origin=region, station=f"s{n % 3}", note=f"n{n}", added=n)
        del row["value"]
        major = 1 + (n // 10) % 2
        if major == 2:
            row["remark"] = row.pop("note")
        made.append((major, row))
    return made


def publish(gateway: GatewayUnderTest, name: str) -> list[tuple[int, dict[str, Any]]]:
    sent = rows(gateway.region)
    for major, row in sent:
        answer = gateway.client.post(f"/v1/topics/{name}.v{major}/events", json=[row])
        assert answer.status_code == 202, answer.text
    return sent


def decoded(records: list[Any], text: str) -> list[dict[str, Any]]:
    codec = AvroCodec(text)
    return codec.decode_rows([record.value()[HEADER_BYTES:] for record in records])


def by_station(found: list[dict[str, Any]], member: str) -> dict[str, list[Any]]:
    """Return what the events of each key say, in the order they lie."""
    stations: dict[str, list[Any]] = {}
    for row in found:
        stations.setdefault(row["station"], []).append(row[member])
    return stations


def test_each_partner_gets_every_event_once_in_the_version_it_signed_for(
    gateway: GatewayUnderTest, worker: WorkerUnderTest
) -> None:
    provider = PartyState("provider", gateway.region)
    options = worker.kafka_options()
    for number in ("1.0", "2.0"):
        feed = f"{worker.contract.event}-v{number[0]}"
        signed(worker, number).agree(feed, options=options, provider=provider)
    sent = publish(gateway, worker.contract.name)
    expected: dict[str, list[str]] = {}
    for _, row in sent:
        expected.setdefault(row["station"], []).append(row["remark" if "remark" in row else "note"])

    with worker.running(gateway.region):
        arrived = {
            number: worker.await_delivered(
                f"{worker.contract.topic(int(number[0]))}.from.{gateway.region}", EVENTS
            )
            for number in ("1.0", "2.0")
        }

    for number, named in (("1.0", "note"), ("2.0", "remark")):
        found = decoded(arrived[number], worker.contract.version(number).schema)
        assert len(found) == EVENTS
        assert by_station(found, named) == expected
    first = decoded(arrived["1.0"], worker.contract.version("1.0").schema)[0]
    assert first.keys() >= {"value", "note"}
    assert not first.keys() & {"added", "remark"}


def test_the_gateway_says_how_long_a_topic_is_served(gateway: GatewayUnderTest) -> None:
    topics = gateway.client.get("/v1/topics").json()["topics"]

    name = gateway.topic.removesuffix(".v1")
    assert {each["topic"]: each["served_until"] for each in topics} == {
        f"{name}.v1": "2099-12-31",
        f"{name}.v2": None,
    }


def test_an_event_sent_on_both_majors_is_there_once(
    gateway: GatewayUnderTest, kafka: KafkaSettings
) -> None:
    name = gateway.topic.removesuffix(".v1")
    row = event(origin=gateway.region, added=1)
    del row["value"]
    other = {**row, "remark": row["note"]}
    del other["note"]

    for major, each in ((1, row), (2, other), (1, row)):
        gateway.client.post(f"/v1/topics/{name}.v{major}/events", json=[each])
    wait_until(lambda: gateway.waiting() == 0)

    for major in (1, 2):
        assert len(TopicReader(kafka, f"{name}.v{major}").read()) == 1


def test_what_a_partner_delivers_in_one_major_is_on_the_others_topic_too(
    worker: WorkerUnderTest, kafka: KafkaSettings
) -> None:
    newer = signed(worker, "2.0")
    arriving = f"{newer.topic}.from.43"
    with Topics(kafka) as topics:
        topics.ensure([TopicSpec(arriving, 2)])
    newer.agree(f"{worker.contract.event}-in", options=worker.kafka_options())
    row = event(remark="seen", added=4)
    del row["note"], row["value"]
    payload = frame(
        newer.schema_id(), AvroCodec(newer.contract.latest().schema).encode_rows([row])[0]
    )
    with Publisher(kafka) as publisher:
        publisher.publish(arriving, b"43-A1", payload)

    with worker.running("44"):
        found = {major: worker.await_delivered(worker.contract.topic(major), 1) for major in (1, 2)}

    contract: Contract = worker.contract
    [older] = decoded(found[1], contract.latest(1).schema)
    [same] = decoded(found[2], contract.latest(2).schema)
    assert same == row
    assert (older["event_id"], older["note"], older["value"]) == (row["event_id"], "seen", None)
    assert found[1][0].key() == found[2][0].key() == b"43-A1"


def test_what_a_source_brings_in_one_major_is_on_the_others_topic_too(
    worker: WorkerUnderTest, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    signed(worker, "1.1").agree(
        f"{worker.contract.event}-files",
        connector="file-source",
        options={"folder": str(folder), "settle_s": 0, "every_s": 0.1},
        provider=PartyState("south", "44"),
        recipient=PartyState("north", "43"),
    )
    sent = [event(origin="44", station=f"s{n % 2}", note=f"n{n}", added=n) for n in range(6)]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, sent)), "utf-8")

    with worker.running():
        found = worker.await_delivered(worker.contract.topic(2), len(sent))

    newer = decoded(found, worker.contract.latest(2).schema)
    assert by_station(newer, "remark") == by_station(sent, "note")
    older = decoded(worker.delivered(worker.contract.topic(1)), worker.contract.latest(1).schema)
    assert by_station(older, "note") == by_station(sent, "note")

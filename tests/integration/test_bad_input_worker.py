"""What is wrong with records and agreements, at a worker on a real broker: told, and gone round."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.agreements import HUB_KEY
from tests.support.builders import event
from tests.support.lanes import arrivals, await_lane, readings
from tests.support.registry import running_registry
from tests.support.spoiled import encoded, in_blocks, over_long, spoiled
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest, worker_under_test

from lingqu.agreements.state import pseudonym_context
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec
from lingqu.sealing import HubKey, open_under
from lingqu.wire.framing import frame
from lingqu.wire.registry import RegistryClient
from lingqu_worker.metrics import DEAD_LETTERS, FILTERED, LANES
from lingqu_worker.resources import Resources

pytestmark = pytest.mark.integration

HIDDEN = {"clearance": {"grade": 1, "kinds": []}, "fields": "all"}


@pytest.fixture
def worker(tmp_path: Path, kafka: KafkaSettings, unique: str) -> Iterator[WorkerUnderTest]:
    schemas = tmp_path / "none"
    schemas.mkdir()
    with running_registry(f"sqlite:///{tmp_path / 'registry.sqlite'}", schemas) as url:
        yield worker_under_test(tmp_path, kafka, url, unique)


@dataclass(frozen=True)
class Told:
    """What was told of refused records: letters by the code of their reason."""

    letters: Sequence[dict[str, Any]]
    resources: Resources
    feed: str

    @property
    def codes(self) -> list[str]:
        return sorted(letter["reason"]["code"] for letter in self.letters)

    def check_sentences(self) -> None:
        """Each reason is one sentence; no letter shows what the record held; each was counted."""
        for letter in self.letters:
            assert letter["reason"]["detail"]
            assert "\n" not in letter["reason"]["detail"]
            assert "Li Bing" not in json.dumps(letter)
        for code in self.codes:
            counted = self.resources.metrics.value(DEAD_LETTERS, feed=self.feed, code=code)
            assert counted == self.codes.count(code)


def await_letters(worker: WorkerUnderTest, resources: Resources, feed: str, count: int) -> Told:
    wait_until(lambda: len(worker.dead_letters(feed)) == count)
    return Told(worker.dead_letters(feed), resources, feed)


def values(worker: WorkerUnderTest, topic: str) -> list[bytes]:
    return [record.value() for record in worker.delivered(topic)]


def test_records_written_past_the_hub_end_as_dead_letters_and_their_neighbours_go_out(
    worker: WorkerUnderTest, unique: str
) -> None:
    schema, schema_id = worker.contract.latest().schema, worker.schema_id()
    bad = spoiled(schema, schema_id)
    worker.agree(unique, view=HIDDEN, options=worker.kafka_options())
    blocks, long = in_blocks(schema, schema_id, station="43-0"), over_long(schema, schema_id)
    foreign = event(origin="52")
    worker.publish([*readings(0, 3), *bad.values(), blocks, long, foreign, *readings(3, 3)])
    with worker.running() as (_, resources):
        worker.await_delivered(arrivals(worker), 7)
        told = await_letters(worker, resources, unique, len(bad) + 1)
        wait_until(lambda: resources.metrics.value(FILTERED, feed=unique, why="foreign_origin"))
    assert told.codes == sorted([*bad, "undecodable"])
    told.check_sentences()
    assert not any(value.endswith(b"more") for value in values(worker, arrivals(worker)))


def test_an_unknown_schema_id_holds_its_lane_visibly_until_the_registry_knows_it(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 8, stations=8))
    with worker.running() as (loop, resources):
        held = worker.await_delivered(arrivals(worker), 8)[0].partition()
        wider = json.loads(worker.contract.latest().schema)
        wider["fields"].append(
            {"name": "added", "type": "string", "default": "", "doc": "d", "grade": 1}
        )
        key = next(r.key() for r in worker.delivered(worker.topic) if r.partition() == held)
        body = encoded(json.dumps(wider), event(station=key.decode(), added="x"))
        unknown = worker.schema_id() + 1
        write(worker, key, frame(unknown, body))
        worker.publish(readings(8, 8, stations=8))
        await_lane(loop, unique, "waiting", worker.topic, f"no schema {unknown} in", "waits")
        wait_until(lambda: resources.metrics.value(LANES, feed=unique, state="waiting") == 1)
        others = [r for r in worker.delivered(worker.topic) if r.partition() != held]
        worker.await_delivered(arrivals(worker), 8 + len(others) // 2)
        with RegistryClient(worker.registry_url) as registry:
            assert registry.register(worker.contract.subject(), json.dumps(wider)) == unknown
        worker.await_delivered(arrivals(worker), 17)
    assert worker.dead_letters(unique) == []


def write(worker: WorkerUnderTest, key: bytes, value: bytes | None, topic: str = "") -> None:
    producer = BulkProducer(worker.kafka)
    producer.produce(topic or worker.topic, value, key)
    producer.flush()
    producer.close()


def test_what_a_partner_may_not_send_ends_as_dead_letters_and_the_rest_is_admitted(
    worker: WorkerUnderTest, unique: str
) -> None:
    schema, schema_id = worker.contract.latest().schema, worker.schema_id()
    state = worker.agree(unique, options=worker.kafka_options())
    large = event(note="n" * 950_000)
    bad: list[tuple[str, dict[str, Any] | bytes | None]] = [
        *spoiled(schema, schema_id).items(),
        ("undecodable", over_long(schema, schema_id)),
        ("unknown_schema", frame(99_999, encoded(schema, event()))),
        ("wrong_region", event(origin="52")),
        ("rule_broken", event(value=-1.0)),
        ("wrong_environment", event(environment="drill")),
        ("wrong_key", frame(schema_id, encoded(schema, event()))),
        ("too_large", large),
    ]
    with Topics(worker.kafka) as topics:
        topics.ensure([TopicSpec(arrivals(worker), worker.contract.partitions)])
    worker.publish([*readings(0, 3), *(record for _, record in bad)], arrivals(worker))
    write(worker, b"43-7", in_blocks(schema, schema_id, station="43-7"), arrivals(worker))
    worker.publish(readings(3, 3), arrivals(worker))
    with worker.running(region="44") as (_, resources):
        worker.await_delivered(worker.topic, 7)
        told = await_letters(worker, resources, unique, len(bad))
    assert told.codes == sorted(code for code, _ in bad)
    told.check_sentences()
    assert len(worker.delivered(worker.topic)) == 7
    key = HUB_KEY.open(state.dead_letter_key, state.dead_letter_context)
    (oversize,) = (one for one in told.letters if one["reason"]["code"] == "too_large")
    assert open_under(key, oversize["body"], oversize["id"])[5:] == encoded(schema, large)


@pytest.mark.parametrize(
    "fault", ["sealed elsewhere", "broken inside", "not understood", "no key that is text"]
)
def test_one_bad_agreement_is_told_and_stops_no_other_feed(
    worker: WorkerUnderTest, unique: str, fault: str
) -> None:
    bad = f"{unique}-bad"
    state = worker.agree(bad, options=worker.kafka_options())
    if fault == "sealed elsewhere":
        key = HubKey(b"o" * 32).new_wrapped_key(pseudonym_context(state.recipient.partner))
        worker.put(replace(state, pseudonym_key=key))
    elif fault == "broken inside":
        worker.put(replace(state, derived_schema='{"type": "record", "name": "Reading"}'))
    elif fault == "not understood":
        write(worker, state.agreement.encode(), b'{"agreement": 1}', worker.table_topic)
    else:
        write(worker, b"\xff\xfe", state.encode(), worker.table_topic)
        worker.put(replace(state, state="suspended"))
    worker.agree(unique, options=worker.kafka_options())
    worker.publish(readings(0, 3))
    with worker.running() as (loop, _):
        worker.await_delivered(arrivals(worker), 3)
        told = {"sealed elsewhere": "keys/hub.key", "broken inside": "has no fields"}
        assert told.get(fault, "") in loop.problems.get(bad, "")
        assert [runner.state.feed for runner in loop.runners()] == [unique]

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.agreements import ALL, HUB_KEY
from tests.support.builders import event
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.kafka.progress import Progress, progress_key
from lingqu.kafka.topics import Topics
from lingqu.kafka.transaction import TransactionalLane, read_progress
from lingqu.sealing import open_under
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame
from lingqu_worker.metrics import FILTERED, LAG, LANES

pytestmark = pytest.mark.integration


def numbers(records: list[object], partition: int) -> list[int]:
    return [
        int(dict(record.headers())["lq_seq"])  # type: ignore[attr-defined]
        for record in records
        if record.partition() == partition  # type: ignore[attr-defined]
    ]


def test_a_feed_delivers_each_event_once_in_order_with_consecutive_numbers(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    worker.publish([event(station=f"43-{n % 5}", value=float(n)) for n in range(300)])
    with worker.running():
        worker.await_delivered(f"{worker.topic}.from.43", 300)
        worker.publish([event(station=f"43-{n % 5}", value=float(n)) for n in range(300, 400)])
        records = worker.await_delivered(f"{worker.topic}.from.43", 400)
    assert len(records) == 400
    for partition in range(worker.contract.partitions):
        found = numbers(records, partition)
        assert found == list(range(1, len(found) + 1))


def test_a_worker_started_again_goes_on_where_the_last_one_stopped(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    for round_ in range(3):
        worker.publish([event(station=f"43-{n}") for n in range(50)])
        with worker.running():
            worker.await_delivered(f"{worker.topic}.from.43", 50 * (round_ + 1))
    assert len(worker.delivered(f"{worker.topic}.from.43")) == 150


def test_broken_records_become_dead_letters_and_stop_nothing(
    worker: WorkerUnderTest, unique: str
) -> None:
    state = worker.agree(unique, options=worker.kafka_options())
    worker.publish([event(), None, b"junk", event()])
    with worker.running():
        worker.await_delivered(f"{worker.topic}.from.43", 2)
        wait_until(lambda: len(worker.dead_letters(unique)) == 2)
    letters = {letter["reason"]["code"]: letter for letter in worker.dead_letters(unique)}
    assert set(letters) == {"null_payload", "bad_framing"}
    key = HUB_KEY.open(state.dead_letter_key, state.dead_letter_context)
    letter = letters["bad_framing"]
    assert open_under(key, letter["body"], letter["id"]) == b"junk"
    assert "junk" not in json.dumps(letter)


def test_what_the_filter_leaves_out_is_counted_and_gets_no_number(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options(), filter="value < 50.0")
    worker.publish([event(station="43-A", value=float(n)) for n in range(100)])
    with worker.running() as (_, resources):
        records = worker.await_delivered(f"{worker.topic}.from.43", 50)
        wait_until(lambda: resources.metrics.value(FILTERED, feed=unique, why="filter") == 50)
    assert sorted(numbers(records, records[0].partition())) == list(range(1, 51))


def test_one_topic_reaches_another_kafka_and_a_folder_each_under_its_view(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    worker.agree(f"{unique}-k", options=worker.kafka_options())
    hidden = {"clearance": {"grade": 1, "kinds": []}, "fields": "all"}
    options = {"folder": str(folder), "format": "jsonl", "max_wait_s": 0.2}
    worker.agree(f"{unique}-f", view=hidden, connector="file-sink", options=options)
    worker.publish([event(station=f"43-{n}") for n in range(100)])
    with worker.running():
        worker.await_delivered(f"{worker.topic}.from.43", 100)
        wait_until(lambda: len(rows(folder)) == 100)
    assert all("operator" not in row for row in rows(folder))
    assert len({row["event_id"] for row in rows(folder)}) == 100


def rows(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for manifest in folder.glob("*.manifest.json"):
        file = folder / json.loads(manifest.read_text())["file"]
        found += [json.loads(line) for line in file.read_text().splitlines()]
    return found


def test_a_suspended_agreement_lets_nothing_more_out_until_it_is_resumed(
    worker: WorkerUnderTest, unique: str
) -> None:
    state = worker.agree(unique, options=worker.kafka_options())
    worker.publish([event()])
    with worker.running() as (loop, _):
        worker.await_delivered(f"{worker.topic}.from.43", 1)
        worker.put(replace(state, state="suspended"))
        wait_until(lambda: not loop.runners())
        worker.publish([event()])
        assert len(worker.delivered(f"{worker.topic}.from.43")) == 1
        worker.put(state)
        worker.await_delivered(f"{worker.topic}.from.43", 2)


def test_a_changed_view_holds_from_the_next_event_on(worker: WorkerUnderTest, unique: str) -> None:
    worker.agree(unique, options=worker.kafka_options())
    worker.publish([event(station="43-A")])
    with worker.running() as (loop, _):
        worker.await_delivered(f"{worker.topic}.from.43", 1)
        hidden = {"clearance": {"grade": 1, "kinds": []}, "fields": "all"}
        worker.agree(unique, view=hidden, version=2, options=worker.kafka_options())
        wait_until(lambda: [runner.state.version for runner in loop.runners()] == [2])
        worker.publish([event(station="43-A")])
        first, second = worker.await_delivered(f"{worker.topic}.from.43", 2)
    assert b"Li Bing" in first.value()
    assert b"Li Bing" not in second.value()
    assert numbers([first, second], first.partition()) == [1, 2]


def test_a_partner_hub_admits_what_it_is_sent_and_refuses_what_it_may_not(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, view=ALL, options=worker.kafka_options())
    arrival = f"{worker.topic}.from.43"
    with worker.running():
        worker.publish([event(station=f"43-{n}") for n in range(20)])
        worker.await_delivered(arrival, 20)
    before = len(worker.delivered(worker.topic))
    worker.publish([event(origin="52"), event(value=-1.0), event(environment="test")], arrival)
    with worker.running(region="44") as (_, resources):
        worker.await_delivered(worker.topic, before + 20)
        wait_until(lambda: len(worker.dead_letters(unique)) == 3)
    assert len(worker.delivered(worker.topic)) == before + 20
    codes = {letter["reason"]["code"] for letter in worker.dead_letters(unique)}
    assert codes == {"wrong_region", "rule_broken", "wrong_environment"}
    ((series, score),) = resources.tally.changed().items()
    assert (series.origin, series.producer, score.accepted) == ("43", unique, 20)
    assert set(score.refused) == {"wrong_region", "value_not_negative", "wrong_environment"}


def test_progress_tells_topic_offset_number_and_leader_epoch(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    worker.publish([event(station="43-A") for _ in range(10)])
    with worker.running():
        records = worker.await_delivered(f"{worker.topic}.from.43", 10)
    partition = records[0].partition()
    value = read_progress(worker.kafka, progress_key("43", unique, worker.topic, partition))
    assert value is not None
    progress = Progress.decode(value)
    with Topics(worker.kafka) as topics:
        assert progress.topic_id == topics.facts(worker.topic).topic_id
    assert (progress.next_sequence, progress.leader_epoch) == (11, 0)
    assert progress.next_offset == 10
    assert progress.epoch is not None
    assert (progress.epoch.number, progress.epoch.from_offset) == (1, 0)


def test_a_topic_that_was_read_to_its_end_has_no_lag_whatever_its_markers_take(
    worker: WorkerUnderTest, unique: str
) -> None:
    worker.agree(unique, options=worker.kafka_options())
    codec, schema_id = AvroCodec(worker.contract.latest().schema), worker.schema_id()
    lane = TransactionalLane(worker.kafka, unique)
    lane.open(unique.encode())
    for number in range(3):
        lane.begin()
        lane.produce(worker.topic, frame(schema_id, codec.encode_rows([event()])[0]), b"43-A1")
        lane.commit(unique.encode(), Progress("", number).encode())
    lane.close()
    with worker.running() as (loop, resources):
        worker.await_delivered(f"{worker.topic}.from.43", 3)
        wait_until(lambda: resources.metrics.value(LANES, feed=unique, state="running") == 2)
        (runner,) = loop.runners()
        wait_until(lambda: {status.next_offset for status in runner.inlet.statuses()} == {0, 5})
        wait_until(lambda: resources.metrics.value(LAG, feed=unique) == 0)
        worker.agree(unique, options=worker.kafka_options(), paused=True)
        wait_until(lambda: not resources.metrics.value(LANES, feed=unique, state="running"))

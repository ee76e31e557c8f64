"""A folder that a partner fills and a worker empties, with real Kafka."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastavro
import pytest
from tests.support.agreements import HUB_KEY
from tests.support.builders import event
from tests.support.lanes import await_lane, lanes
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest, worker_under_test

from lingqu.agreements.state import AgreementState, PartyState
from lingqu.kafka.settings import KafkaSettings
from lingqu.sealing import open_under
from lingqu.wire.codec import AvroCodec
from lingqu_worker.metrics import REPEATS

pytestmark = pytest.mark.integration

MAPPING = """\
topic: {topic}
source: gauge-table
fields:
  origin: {{value: "44"}}
  station: {{column: 站点, required: true}}
  value: {{column: 水位, number: true}}
  occurred_at: {{column: 时间, time: "%m-%d %H:%M", required: true}}
"""


@pytest.fixture
def worker(tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str) -> WorkerUnderTest:
    made = worker_under_test(tmp_path, kafka, registry_url, unique)
    mappings = made.contract.folder / "mappings"
    mappings.mkdir()
    (mappings / "gauges.yaml").write_text(MAPPING.format(topic=made.topic), "utf-8")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def take_in(worker: WorkerUnderTest, feed: str, folder: Path, **options: Any) -> AgreementState:
    """Agree that a partner of 44 brings files to this hub of 43."""
    wanted = {"folder": str(folder), "settle_s": 0, "every_s": 0.1, **options}
    return worker.agree(
        feed,
        connector="file-source",
        options=wanted,
        provider=PartyState("south", "44"),
        recipient=PartyState("north", "43"),
    )


def rows(first: int, count: int, **more: Any) -> list[dict[str, Any]]:
    return [
        event(origin="44", station=f"44-{n % 5}", value=float(n), **more)
        for n in range(first, first + count)
    ]


def put(folder: Path, name: str, events: list[dict[str, Any]], *lines: str) -> None:
    text = "\n".join([*(json.dumps(each) for each in events), *lines])
    (folder / f".{name}").write_text(text, "utf-8")
    (folder / f".{name}").rename(folder / name)


def admitted(worker: WorkerUnderTest) -> list[dict[str, Any]]:
    codec = AvroCodec(worker.contract.latest().schema)
    return codec.decode_rows([bytes(each.value())[5:] for each in worker.delivered(worker.topic)])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_files_become_events_once_and_are_put_away(
    worker: WorkerUnderTest, unique: str, folder: Path
) -> None:
    take_in(worker, unique, folder)
    put(folder, "a.jsonl", rows(0, 300))
    with worker.running():
        wait_until(lambda: names(folder / "done") == ["a.jsonl"])
        put(folder, "b.jsonl", rows(300, 10))
        wait_until(lambda: names(folder / "done") == ["a.jsonl", "b.jsonl"])
    found = admitted(worker)
    assert sorted(each["value"] for each in found) == [float(n) for n in range(310)]
    assert names(folder) == ["done", "failed"]


def test_a_file_that_comes_again_is_put_away_and_not_published_again(
    worker: WorkerUnderTest, unique: str, folder: Path
) -> None:
    take_in(worker, unique, folder)
    events = rows(0, 20)
    put(folder, "a.jsonl", events)
    with worker.running():
        wait_until(lambda: names(folder / "done") == ["a.jsonl"])
    put(folder, "a.jsonl", events)
    with worker.running():
        wait_until(lambda: len(names(folder / "done")) == 2)
    assert len(admitted(worker)) == 20


def test_rows_that_another_file_repeats_are_not_published_again(
    worker: WorkerUnderTest, unique: str, folder: Path
) -> None:
    take_in(worker, unique, folder)
    events = rows(0, 30)
    put(folder, "a.jsonl", events[:20])
    put(folder, "b.jsonl", [*events[10:], events[29]])
    with worker.running() as (_, resources):
        wait_until(lambda: names(folder / "done") == ["a.jsonl", "b.jsonl"])
        assert resources.metrics.value(REPEATS, feed=unique) == 11
    put(folder, "c.jsonl", events)
    with worker.running() as (_, resources):
        wait_until(lambda: "c.jsonl" in names(folder / "done"))
        assert resources.metrics.value(REPEATS, feed=unique) == 30
    assert [score.repeats for score in resources.tally.changed().values()] == [30]
    assert len(admitted(worker)) == 30


def test_what_is_refused_is_named_by_line_and_is_a_dead_letter_and_the_rest_goes_in(
    worker: WorkerUnderTest, unique: str, folder: Path
) -> None:
    state = take_in(worker, unique, folder)
    wrong = event(origin="44", station="44-x", value=-5.0)
    foreign = event(origin="52")
    put(folder, "a.jsonl", [*rows(0, 3), wrong, foreign], "{half", '{"station": 1}')
    with worker.running() as (_, resources):
        wait_until(lambda: names(folder / "failed") == ["a.jsonl", "a.jsonl.errors.txt"])
        letters = {letter["offset"]: letter for letter in worker.dead_letters(unique)}
    assert len(admitted(worker)) == 3
    said = (folder / "failed" / "a.jsonl.errors.txt").read_text("utf-8-sig").splitlines()
    assert said[0] == "a.jsonl: 3 rows taken, 4 refused"
    assert [line.split(":")[0] for line in said[1:]] == ["line 4", "line 5", "line 6", "line 7"]
    assert "below zero" in said[1]
    assert sorted(letters) == [3, 4, 5, 6]
    assert letters[3]["reason"]["detail"].startswith("a.jsonl, line 4: ")
    key = HUB_KEY.open(state.dead_letter_key, state.dead_letter_context)
    body = open_under(key, letters[3]["body"], letters[3]["id"])
    assert json.loads(body)["event_id"] == wrong["event_id"]
    assert letters[5]["body"] is None
    ((series, score),) = resources.tally.changed().items()
    assert (series.origin, series.producer, score.accepted) == ("44", unique, 3)
    kinds = ("value_not_negative", "wrong_region", "undecodable", "missing_field")
    assert score.refused == dict.fromkeys(kinds, 1)


def test_a_table_comes_in_by_the_contracts_mapping(
    worker: WorkerUnderTest, unique: str, folder: Path
) -> None:
    take_in(worker, unique, folder, mapping="gauges", pattern="*.csv")
    table = "站点,水位,时间\n湘潭,1.5,04-06 08:00\n株洲,,04-06 08:00\n,2,04-06 08:00\n"
    (folder / "20210406.csv").write_bytes(table.encode("gb18030"))
    (folder / "readme.txt").write_text("not ours")
    with worker.running():
        wait_until(lambda: "20210406.csv" in names(folder / "failed"))
    found = {each["station"]: each for each in admitted(worker)}
    assert {station: each["value"] for station, each in found.items()} == {
        "湘潭": 1.5,
        "株洲": None,
    }
    assert found["湘潭"]["occurred_at"] == 1_617_667_200_000
    assert found["湘潭"]["event_id"][14] == "8"
    assert names(folder) == ["done", "failed", "readme.txt"]


def test_avro_containers_come_in_without_the_sinks_own_number(
    worker: WorkerUnderTest, unique: str, folder: Path
) -> None:
    take_in(worker, unique, folder)
    schema = json.loads(worker.contract.latest().schema)
    schema["fields"].append({"name": "lq_seq", "type": "long"})
    with (folder / "a.avro").open("wb") as file:
        fastavro.writer(file, schema, [{**each, "lq_seq": 1} for each in rows(0, 7)])
    with worker.running():
        wait_until(lambda: names(folder / "done") == ["a.avro"])
    assert len(admitted(worker)) == 7


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.parquet", b"PAR1", "no format has the ending '.parquet'; send .avro, .csv"),
        ("a.csv", b"x\n1\n", "is a table: say by a mapping"),
        ("a.avro", b"Obj\x01", "the container is damaged"),
    ],
)
def test_a_file_that_is_none_fails_as_a_whole_and_may_be_sent_again(
    worker: WorkerUnderTest, unique: str, folder: Path, name: str, content: bytes, said: str
) -> None:
    take_in(worker, unique, folder)
    (folder / name).write_bytes(content)
    errors = folder / "failed" / f"{name}.errors.txt"
    with worker.running():
        wait_until((folder / "failed" / name).exists)
        assert said in errors.read_text("utf-8-sig")
        (folder / name).write_bytes(content)
        wait_until(lambda: len(names(folder / "failed")) == 3)
    assert admitted(worker) == []


def test_of_two_workers_one_takes_the_files_and_the_other_goes_on_when_it_ends(
    worker: WorkerUnderTest, unique: str, folder: Path
) -> None:
    take_in(worker, unique, folder)
    with worker.running() as (second, _):
        with worker.running() as (first, _):
            wait_until(lambda: len(lanes(first, unique)) + len(lanes(second, unique)) == 1)
            put(folder, "a.jsonl", rows(0, 50))
            wait_until(lambda: names(folder / "done") == ["a.jsonl"])
        put(folder, "b.jsonl", rows(50, 50))
        wait_until(lambda: names(folder / "done") == ["a.jsonl", "b.jsonl"])
        assert len(lanes(second, unique)) == 1
    assert len(admitted(worker)) == 100


def test_a_missing_folder_and_a_wrong_mapping_are_said(
    worker: WorkerUnderTest, unique: str, folder: Path, tmp_path: Path
) -> None:
    take_in(worker, f"{unique}-a", tmp_path / "absent")
    take_in(worker, f"{unique}-b", folder, mapping="unknown")
    with worker.running() as (loop, _):
        await_lane(loop, f"{unique}-a", "waiting", "there is no such folder; create or mount it")
        await_lane(loop, f"{unique}-b", "failed", "no mapping 'unknown'", "where there are: gauges")


def test_a_suspended_agreement_takes_nothing_in_until_it_is_resumed(
    worker: WorkerUnderTest, unique: str, folder: Path
) -> None:
    state = take_in(worker, unique, folder)
    with worker.running() as (loop, _):
        wait_until(lambda: len(lanes(loop, unique)) == 1)
        worker.put(replace(state, state="suspended"))
        wait_until(lambda: not loop.runners())
        put(folder, "a.jsonl", rows(0, 5))
        assert "a.jsonl" in names(folder)
        worker.put(replace(state, version=2))
        wait_until(lambda: names(folder / "done") == ["a.jsonl"])
    assert len(admitted(worker)) == 5

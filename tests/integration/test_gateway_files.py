from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.support.broker import SharedBroker
from tests.support.builders import contract_folder, event
from tests.support.gateway import make_topics
from tests.support.http import http
from tests.support.ports import free_port, free_ports
from tests.support.waiting import wait_until

from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "water" / "hourly4_2021"
CLI = (sys.executable, "-m", "lingqu_cli.__main__")


@dataclass(frozen=True)
class ServedHub:
    """A registry and a gateway in a process of their own, and the command line beside them."""

    environ: dict[str, str]

    def lingqu(self, *arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [*CLI, *map(str, arguments)]
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == code, done.stderr
        return done

    def publish(self, topic: str, file: Path, *options: str, code: int = 0) -> dict[str, Any]:
        done = self.lingqu("publish", topic, file, "--json", *options, code=code)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def consume(self, topic: str, *options: str) -> list[dict[str, Any]]:
        done = self.lingqu("consume", topic, "--from-beginning", "--json", *options)
        return [json.loads(line) for line in done.stdout.splitlines()]


def environ(folder: Path, schemas: Path, kafka: str, **settings: str) -> dict[str, str]:
    registry, gateway = free_ports(2)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("LINGQU_")}
    return inherited | {
        "LINGQU_HOME": str(folder / "home"),
        "LINGQU_SCHEMAS_DIR": str(schemas),
        "LINGQU_KAFKA__BOOTSTRAP_SERVERS": kafka,
        "LINGQU_REGISTRY_PORT": str(registry),
        "LINGQU_GATEWAY_PORT": str(gateway),
        "LINGQU_REGISTRY_URL": f"http://127.0.0.1:{registry}",
        "LINGQU_GATEWAY_URL": f"http://127.0.0.1:{gateway}",
        **settings,
    }


def serve(folder: Path, names: Sequence[str], environment: dict[str, str]) -> Iterator[ServedHub]:
    with (folder / "hub.log").open("w") as log:
        process = subprocess.Popen([*CLI, "serve", *names], env=environment, stderr=log)
        try:
            wait_until(lambda: process.poll() is not None or _answers(environment), 60)
            assert process.poll() is None, (folder / "hub.log").read_text()
            yield ServedHub(environment)
        finally:
            process.terminate()
            process.wait(30)


def _answers(environment: dict[str, str]) -> bool:
    try:
        return http.get(f"{environment['LINGQU_GATEWAY_URL']}/healthz").is_success
    except httpx2.TransportError:
        return False


@pytest.fixture(scope="module")
def water(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHub]:
    """Return a hub that speaks for three provinces, without Kafka: 202 needs its outbox only."""
    folder = tmp_path_factory.mktemp("water")
    kafka = f"127.0.0.1:{free_port()}"
    own = {"LINGQU_REGION": "43", "LINGQU_ALSO_REGIONS": "36,44"}
    yield from serve(
        folder, ["registry", "gateway"], environ(folder, ROOT / "schemas", kafka, **own)
    )


@dataclass(frozen=True)
class DemoHub(ServedHub):
    """A hub with Kafka and a topic for each test."""

    region: str
    topics: tuple[str, str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, broker: SharedBroker) -> Iterator[DemoHub]:
    folder = tmp_path_factory.mktemp("demo")
    unique = uuid.uuid4().hex[:10]
    names = (f"demo.a{unique}", f"demo.b{unique}")
    topics = (f"{names[0]}.v1", f"{names[1]}.v1")
    for name, topic in zip(names, topics, strict=True):
        schemas = contract_folder(folder, name)
        make_topics(broker.settings, topic)
    region = f"X-{unique.upper()}"
    settings = environ(folder, schemas, broker.bootstrap, LINGQU_REGION=region)
    for hub in serve(folder, ["registry", "gateway"], settings):
        yield DemoHub(hub.environ, region, topics)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real readings at {DATA}")
@pytest.mark.parametrize(
    ("province", "read", "distinct", "refused"),
    [("hunan", 2072, 1897, 29), ("jiangxi", 1976, 1818, 89), ("guangdong", 2776, 2137, 254)],
)
def test_real_readings_are_published_once_each_and_the_unreadable_told(
    water: ServedHub, province: str, read: int, distinct: int, refused: int
) -> None:
    file = DATA / f"{province}.csv"
    mapping = ("--mapping", "cnemc-hourly4", "--collected-on", "2021-04-06")
    first = water.publish("water.sample.v1", file, *mapping)
    assert (first["read"], first["accepted"], len(first["refused"])) == (read, distinct, refused)
    assert first["repeats"] == read - distinct - refused
    assert {(one["code"], one["field"]) for one in first["refused"]} == {("no_time", "occurred_at")}
    assert [one["line"] for one in first["refused"]] == timeless_lines(file)
    again = water.publish("water.sample.v1", file, *mapping)
    assert (again["accepted"], again["repeats"]) == (0, read - refused)


def timeless_lines(file: Path) -> list[int]:
    with file.open(encoding="utf-8-sig", newline="") as table:
        rows = csv.DictReader(table)
        return [line for line, row in enumerate(rows, 2) if row["监测时间"] in {"*", "--"}]


def test_a_published_file_comes_out_of_consume_and_can_be_published_again(
    demo: DemoHub, tmp_path: Path
) -> None:
    topic, _ = demo.topics
    events = [event(origin=demo.region, station=f"s{number}", value=number) for number in range(30)]
    file = tmp_path / "events.jsonl"
    file.write_text("".join(f"{json.dumps(one)}\n" for one in [*events, {"value": "x"}]))
    told = demo.publish(topic, file)
    assert (told["accepted"], [one["line"] for one in told["refused"]]) == (30, [31])
    out = demo.lingqu("consume", topic, "--from-beginning", "--json", "--max", "30").stdout
    assert sorted(json.loads(line)["station"] for line in out.splitlines()) == sorted(
        str(one["station"]) for one in events
    )
    file.write_text(out)
    assert demo.publish(topic, file)["repeats"] == 30


def test_consume_shows_what_it_cannot_decode_and_goes_on(
    demo: DemoHub, kafka: KafkaSettings, tmp_path: Path
) -> None:
    _, topic = demo.topics
    producer = BulkProducer(kafka)
    producer.produce(topic, b"plain text", b"k")
    producer.flush()
    producer.close()
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(event(origin=demo.region)))
    demo.publish(topic, file)
    shown = demo.consume(topic, "--max", "2")
    assert sorted("undecodable" in one for one in shown) == [False, True]


def test_a_file_of_which_nothing_gets_in_ends_with_1(water: ServedHub, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"a":1}\nx\n')
    told = water.publish("water.sample.v1", file, code=1)
    assert [one["line"] for one in told["refused"]] == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("publish", "water.sample.v1", "none.csv"), "none.csv cannot be read"),
        (("publish", "water.nothing.v1", "one.jsonl"), "no contract has the topic"),
        (("consume", "water.sample.v1"), "Kafka at 127.0.0.1"),
    ],
)
def test_what_cannot_be_done_ends_in_one_sentence(
    water: ServedHub, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "one.jsonl").write_text("{}")
    placed = [str(tmp_path / one) if one.endswith(".jsonl") else one for one in arguments]
    done = water.lingqu(*placed, code=1)
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1

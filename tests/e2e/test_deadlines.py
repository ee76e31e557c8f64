"""What is promised by the second: stopping takes effect at the partner within ten."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.agreements import agreement_state
from tests.support.broker import SharedBroker, small_broker
from tests.support.builders import contract_folder, event
from tests.support.gateway import small_registry
from tests.support.http import http
from tests.support.lanes import arrivals, await_lane
from tests.support.served import Served, environment
from tests.support.streams import Partner, Stream
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest, worker_under_test

from lingqu.clock import Clock
from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.table import CompactedTable
from lingqu.kafka.topics import COMPACTED, Topics, TopicSpec
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame
from lingqu_worker.resources import Resources

pytestmark = pytest.mark.e2e

PROMISED_S = 10.0
IN_A_ROW = 20


@dataclass
class Hub:
    """A hub in three processes, and two partners who are sent the same topic."""

    environ: dict[str, str]
    control: Served
    worker: Served
    api: Served
    topic: str
    ended: Partner
    neighbour: Partner

    def lingqu(self, *arguments: str) -> float:
        """Run a command to its end; return when it was begun."""
        begun_at = time.monotonic()
        command = [sys.executable, "-m", "lingqu_cli", *arguments]
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return begun_at

    def publish(self, number: int) -> None:
        row = event(origin=self.environ["LINGQU_REGION"], value=float(number), station="one")
        answer = http.post(
            f"{self.api.url('gateway')}/v1/topics/{self.topic}/events", json=[row], timeout=30
        )
        assert answer.status_code == 202, answer.text

    def left_out(self, since: float, stream: Stream) -> bool:
        """Say whether the neighbour got a score of events since then, the other none of them."""
        newer = [n for n in self.neighbour.numbers if stream.at[n : n + 1] > [since]]
        return len(newer) >= IN_A_ROW and not set(newer[-IN_A_ROW:]) & set(self.ended.numbers)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, broker: SharedBroker) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    region, name = str(100_000 + secrets.randbelow(900_000)), f"t{secrets.token_hex(5)}"
    schemas = contract_folder(folder, f"demo.{name}", partitions=1)
    environ = environment(folder / "home", region, broker.bootstrap, schemas)
    control, api = Served(environ, ("control",)), Served(environ, ("registry", "gateway"))
    worker = Served(environ, ("worker",))
    codec = AvroCodec(load_catalogue(schemas).contract(f"demo.{name}").latest().schema)
    partners = [Partner(broker.settings, f"{name}.{feed}", 1, codec) for feed in ("a", "b")]
    made = Hub(environ, control, worker, api, f"demo.{name}.v1", partners[0], partners[1])
    terms = folder / "agreements.yaml"
    terms.write_text(agreements(region, name, broker.bootstrap, api.url("registry")), "utf-8")
    with ExitStack() as stack:
        for served in (control, api, worker):
            stack.callback(served.stop)
            served.start()
        for served in (control, api, worker):
            served.await_ready()
        made.lingqu("agreement", "apply", str(terms))
        wait_until(lambda: targets(broker) >= {partner.topic for partner in partners})
        for partner in partners:
            stack.enter_context(partner.listening())
        yield made


def targets(broker: SharedBroker) -> set[str]:
    with Topics(broker.settings) as topics:
        return topics.names()


def agreements(region: str, name: str, kafka: str, registry: str) -> str:
    """Return a region file with the same contract for two partners."""
    common: dict[str, Any] = {
        "title": "t", "contract": f"demo.{name}", "contract_version": "1.0",
        "provider": {"partner": "here", "region": region},
        "recipient": {"partner": "there", "region": "44"},
        "purpose": "p", "legal_basis": "l",
        "valid_from": "2021-01-01", "valid_until": "2090-12-31",
        "view": {"clearance": {"grade": 3, "kinds": ["personal"]}, "fields": "all"},
    }  # fmt: skip
    sinks = {
        feed: {"bootstrap_servers": kafka, "registry_url": registry, "topic": f"{name}.{feed}"}
        for feed in ("a", "b")
    }
    document = {
        "region": region,
        "partners": [
            {"id": "here", "name": "h", "region": region},
            {"id": "there", "name": "t", "region": "44"},
        ],
        "agreements": [
            {**common, "id": f"{name}-{feed}", "feed": f"{name}-{feed}",
             "delivery": {"connector": "kafka-sink", "options": options}}
            for feed, options in sinks.items()
        ],
    }  # fmt: skip
    return yaml.safe_dump(document)


def test_pause_suspend_and_end_reach_the_partner_within_ten_seconds(hub: Hub) -> None:
    feed = hub.ended.topic.replace(".", "-")
    stops: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
        (("feed", "pause", feed), ("feed", "resume", feed)),
        (("agreement", "suspend", feed, "--reason", "r"), ("agreement", "resume", feed)),
        (("agreement", "end", feed, "--reason", "r"), ()),
    ]
    with Stream(hub.publish).flowing() as stream:
        for stop, go_on in stops:
            await_more(hub.ended)
            stop_in_time(hub, stream, stop)
            if go_on:
                hub.lingqu(*go_on)
                await_more(hub.ended)
    wait_until(lambda: len(hub.neighbour.came) == len(stream.at))
    assert hub.neighbour.numbers == list(range(len(stream.at)))
    assert hub.ended.numbers == list(range(len(hub.ended.came)))


def await_more(partner: Partner) -> None:
    known = len(partner.came)
    wait_until(lambda: len(partner.came) > known + 5)


def stop_in_time(hub: Hub, stream: Stream, stop: tuple[str, ...]) -> None:
    told_at = hub.lingqu(*stop)
    wait_until(lambda: hub.left_out(told_at, stream), PROMISED_S + 5)
    assert hub.ended.last_at() - told_at < PROMISED_S, stop


@dataclass
class CutOff(WorkerUnderTest):
    """A worker whose agreements come from a broker of their own, so that they can be cut off."""

    table_kafka: KafkaSettings | None = None

    def resources(self, region: str = "43", clock: Clock | None = None) -> Resources:
        made = super().resources(region, clock)
        made.table = CompactedTable(self.table_kafka or self.kafka, self.table_topic)
        return made


@dataclass
class WithoutControl:
    """A stream through the hub that goes on since its control was killed."""

    first: int
    stream: Stream
    killed_at: float

    def gone_for(self, seconds: float) -> bool:
        return time.monotonic() - self.killed_at > seconds


@pytest.fixture(scope="module")
def without_control(hub: Hub) -> Iterator[WithoutControl]:
    first = len(hub.neighbour.came)
    with Stream(lambda number: hub.publish(first + number)).flowing() as stream:
        hub.control.kill()
        yield WithoutControl(first, stream, time.monotonic())


@pytest.mark.usefixtures("without_control")  # its minute passes meanwhile, on another hub
def test_a_worker_cut_off_from_its_agreements_sends_nothing_more_after_ten_seconds(
    tmp_path: Path, kafka: KafkaSettings, unique: str
) -> None:
    """Its source, its target and its events in hand are all within reach."""
    agreements_at = small_broker(tmp_path / "agreements")
    table_kafka = KafkaSettings(bootstrap_servers=agreements_at.bootstrap)
    with ExitStack() as stack:
        stack.callback(agreements_at.kill)
        registry = stack.enter_context(small_registry())
        made = worker_under_test(tmp_path, kafka, registry.url, unique, partitions=1)
        worker = CutOff(
            kafka, registry.url, made.contract, made.folder, f"{unique}.a", table_kafka=table_kafka
        )
        with Topics(table_kafka) as topics:
            topics.ensure([TopicSpec(worker.table_topic, 1, COMPACTED)])
        publish = stack.enter_context(publishing(worker))
        publish(0)
        state = agreement_state(worker.contract, feed=unique, options=worker.kafka_options())
        replace(worker, kafka=table_kafka).put(state)
        loop, _ = stack.enter_context(worker.running())
        worker.await_delivered(arrivals(worker), 1)
        codec = AvroCodec(worker.contract.latest().schema)
        partner = stack.enter_context(Partner(kafka, arrivals(worker), 1, codec).listening())
        stream = stack.enter_context(Stream(lambda number: publish(number + 1)).flowing())
        wait_until(lambda: len(partner.came) > IN_A_ROW)

        stop_and_go(agreements_at.process, signal.SIGSTOP)
        cut_at = time.monotonic()
        await_lane(loop, unique, "waiting", "lingqu.agreement.v1 has not been seen for 8 s")
        wait_until(lambda: stream.at[-1] - max(cut_at + PROMISED_S, partner.last_at()) > 1)
        assert partner.last_at() - cut_at < PROMISED_S

        stop_and_go(agreements_at.process, signal.SIGCONT)
        wait_until(lambda: len(partner.came) > len(stream.at) - 5)
        stream.end()
        wait_until(lambda: len(partner.came) == len(stream.at) + 1)
        assert partner.numbers == list(range(len(stream.at) + 1))


def test_control_killed_for_a_minute_stops_nothing(
    hub: Hub, without_control: WithoutControl
) -> None:
    """Nor does it keep a worker from starting anew."""
    first, stream = without_control.first, without_control.stream
    wait_until(lambda: without_control.gone_for(20), 60)
    hub.worker.stop()
    hub.worker.start()
    wait_until(lambda: without_control.gone_for(60), 90)
    sent = len(stream.at)
    wait_until(lambda: len(hub.neighbour.came) >= first + sent, PROMISED_S)
    stream.end()
    wait_until(lambda: len(hub.neighbour.came) == first + len(stream.at))
    assert hub.neighbour.numbers == list(range(first + len(stream.at)))
    hub.control.start()
    hub.control.await_ready()


def stop_and_go(process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    assert process is not None
    os.killpg(process.pid, how)


@contextmanager
def publishing(worker: WorkerUnderTest) -> Iterator[Callable[[int], None]]:
    """Lend a way to write one numbered event to the canonical topic."""
    codec, schema_id = AvroCodec(worker.contract.latest().schema), worker.schema_id()
    producer = BulkProducer(worker.kafka)

    def publish(number: int) -> None:
        row = event(value=float(number), station="one")
        producer.produce(worker.topic, frame(schema_id, codec.encode_rows([row])[0]), b"one")
        producer.flush()

    try:
        yield publish
    finally:
        producer.close()

"""Partners that are no HTTP endpoints: left alone when they are away, and called when back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url
from tests.faults.proxy import Line, to_socket
from tests.support.agreements import HUB_KEY
from tests.support.broker import small_broker
from tests.support.lanes import arrivals, await_lane, lanes, readings
from tests.support.ports import free_ports
from tests.support.tables import ask
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.agreements.state import PartyState, pseudonym_context
from lingqu.kafka.settings import KafkaSettings
from lingqu_worker.breaker import BreakerStatus
from lingqu_worker.metrics import BREAKER
from lingqu_worker.resources import Resources

pytestmark = pytest.mark.integration

NEIGHBOUR: dict[str, Any] = {
    "recipient": PartyState("recipient-52", "52"),
    "pseudonym_key": HUB_KEY.new_wrapped_key(pseudonym_context("recipient-52")),
}


def breaker(resources: Resources, connector: str) -> BreakerStatus:
    return resources.breakers.of("recipient-44", connector).status()


def await_shown(resources: Resources, connector: str, *openness: float) -> None:
    named = {"partner": "recipient-44", "connector": connector}
    wait_until(lambda: resources.metrics.value(BREAKER, **named) in openness, 90)


def test_a_database_that_is_away_is_asked_by_one_lane_until_it_is_back(
    worker: WorkerUnderTest, unique: str, postgres_url: str
) -> None:
    there = make_url(postgres_url)
    (port,) = free_ports(1)
    line = Line(to_socket(f"{there.query['host']}/.s.PGSQL.5432"), port)
    url = f"postgresql://postgres@127.0.0.1:{port}/{there.database}"
    options = {"url": url, "table": "reading", "mode": "append"}
    worker.agree(unique, connector="database-sink", options=options)
    worker.agree(f"{unique}-near", options=worker.kafka_options(), **NEIGHBOUR)
    worker.publish(readings(0, 60, stations=30))
    with worker.running() as (loop, resources):
        wait_until(lambda: ask(postgres_url, "SELECT 1 FROM pg_tables WHERE tablename = 'reading'"))
        wait_until(lambda: len(ask(postgres_url, "SELECT 1 FROM reading")) == 60)
        line.begin("cut")
        worker.publish(readings(60, 60, stations=30))
        await_lane(loop, unique, "waiting", "'recipient-44' is left alone")
        await_shown(resources, "database-sink", 1, 0.5)
        worker.await_delivered(arrivals(worker), 120)
        assert breaker(resources, "kafka-sink").state == "closed"
        line.end()
        await_shown(resources, "database-sink", 0)
        wait_until(lambda: len(ask(postgres_url, "SELECT 1 FROM reading")) >= 120, 90)
        wait_until(lambda: {lane.state for lane in lanes(loop, unique)} == {"running"})
    values = ask(postgres_url, "SELECT value FROM reading ORDER BY 1")
    assert [row["value"] for row in values] == [float(n) for n in range(120)]
    line.close()


def test_a_cluster_that_dies_is_left_alone_until_it_is_back(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    partners = small_broker(tmp_path / "partner")
    theirs = replace(worker, kafka=KafkaSettings(bootstrap_servers=partners.bootstrap))
    worker.agree(unique, options=theirs.kafka_options())
    worker.publish(readings(0, 60, stations=30))
    try:
        with worker.running() as (loop, resources):
            theirs.await_delivered(arrivals(worker), 60)
            partners.kill()
            worker.publish(readings(60, 60, stations=30))
            await_shown(resources, "kafka-sink", 1, 0.5)
            await_lane(loop, unique, "waiting", "'recipient-44' is left alone", "is the broker up")
            partners.start()
            await_shown(resources, "kafka-sink", 0)
            theirs.await_delivered(arrivals(worker), 120)
        reader = TopicReader(theirs.kafka, arrivals(worker))
        assert len(reader.read()) == 120
    finally:
        partners.stop()


def test_a_folder_that_is_not_there_is_left_alone_until_it_is(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    folder = tmp_path / "drop"
    options = {"folder": str(folder), "max_wait_s": 0.1}
    worker.agree(unique, connector="file-sink", options=options)
    worker.publish(readings(0, 30, stations=30))
    with worker.running() as (loop, resources):
        await_shown(resources, "file-sink", 1, 0.5)
        await_lane(loop, unique, "waiting", "is left alone", "create or mount it")
        folder.mkdir()
        await_shown(resources, "file-sink", 0)
        wait_until(lambda: {lane.state for lane in lanes(loop, unique)} == {"running"}, 90)

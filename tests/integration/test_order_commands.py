"""Redrive, replay and backfill as an operator orders them: by command, counted first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from confluent_kafka import OFFSET_END, TopicPartition
from confluent_kafka.admin import AdminClient
from tests.support.builders import event
from tests.support.hub_in_process import HubInProcess, hub_in_process
from tests.support.lanes import readings
from tests.support.orders import at_rest
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

pytestmark = pytest.mark.integration


@pytest.fixture
def hub(worker: WorkerUnderTest, monkeypatch: pytest.MonkeyPatch) -> HubInProcess:
    return hub_in_process(worker, monkeypatch)


def drop_records(hub: HubInProcess) -> None:
    """Let the topic drop all it holds, as retention does."""
    admin = AdminClient({"bootstrap.servers": hub.worker.kafka.bootstrap_servers})
    lanes = range(hub.worker.contract.partitions)
    places = [TopicPartition(hub.worker.topic, lane, OFFSET_END) for lane in lanes]
    for dropped in admin.delete_records(places).values():
        dropped.result(10)


def test_what_a_dry_run_predicts_is_what_the_order_does(
    hub: HubInProcess, unique: str, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    options = {"folder": str(folder), "format": "jsonl", "max_wait_s": 0}
    delivery = {"connector": "file-sink", "options": options}
    hub.agree(unique, delivery=delivery, filter="value < 25.0")
    hub.worker.publish([*readings(0, 20), b"garbage", event(value=99.0, station="43-0")])
    with hub.relayed(), hub.worker.running() as (_, resources):
        at_rest(hub.worker, unique, resources, 21)
        hub.agree(unique, delivery=delivery, filter="value >= 5.0", version=2)
        dry = hub.lingqu("feed", "replay", unique, "--dry-run")
        assert not list(folder.glob("*.r*"))
        done = hub.lingqu("feed", "replay", unique)
        redriven = json.loads(hub.lingqu("dlt", "redrive", "--feed", unique, "--json"))
        listed = hub.lingqu("feed", "orders", unique)
        letters = hub.lingqu("dlt", "list", "--feed", unique)
        drop_records(hub)
        nothing = hub.lingqu("feed", "replay", unique)

    counted = "withheld by today's agreement, 1 unreadable, 0 gone from the topic"
    assert dry == f"dry run of replay 1 of feed {unique} is done: 15 would be sent, 5 {counted}\n"
    assert done == f"replay 2 of feed {unique} is done: 15 sent, 5 {counted}\n"
    files = list(folder.glob("*.r2-*.jsonl"))
    values = [json.loads(line)["value"] for file in files for line in file.read_text().split()]
    assert sorted(values) == [float(n) for n in range(5, 20)]
    assert (redriven["state"], redriven["sent"], redriven["dead"]) == ("done", 0, 1)
    assert [line.split()[0] for line in listed.splitlines()[1:]] == ["1", "2", "3"]
    assert "0 sent, 0 withheld by today's agreement, 0 unreadable, 21 gone" in nothing
    assert letters.count("undecodable") + letters.count("bad_framing") == 2


def test_orders_that_cannot_be_are_refused_in_one_sentence(
    hub: HubInProcess, unique: str, tmp_path: Path
) -> None:
    hub.agree(unique, delivery={"connector": "file-sink", "options": {"folder": str(tmp_path)}})

    assert f"feed {unique} has no orders" in hub.lingqu("feed", "orders", unique)
    assert "no feed named 'x'" in hub.lingqu("feed", "replay", "x")
    assert "has no order 7; it has none yet" in hub.lingqu("feed", "cancel", unique, "7")
    assert "name --feed" in hub.lingqu("dlt", "redrive")
    assert "is open" in hub.lingqu("feed", "backfill", unique, "--no-wait")
    refused = hub.lingqu("feed", "replay", unique)
    assert refused.startswith(f"lingqu: order 1 of feed '{unique}', a backfill, is not done yet")
    assert "is cancelled" in hub.lingqu("feed", "cancel", unique, "1")
    hub.lingqu("feed", "pause", unique)
    assert "rests, and its orders with it" in hub.lingqu("feed", "replay", unique)
    hub.http.post("/v1/agreements/reading-to-south/suspend")
    assert "nothing may be sent to 'south-office'" in hub.lingqu("feed", "replay", unique)


def test_an_order_waits_for_a_feed_that_has_not_begun_and_says_so(
    hub: HubInProcess, unique: str, tmp_path: Path
) -> None:
    folder = tmp_path / "later"
    hub.agree(unique, delivery={"connector": "file-sink", "options": {"folder": str(folder)}})
    path = f"/v1/feeds/{unique}/orders/1"
    with hub.relayed(), hub.worker.running():
        hub.lingqu("feed", "backfill", unique, "--no-wait")
        wait_until(lambda: "has not begun yet" in hub.http.get(path).json()["why"])
        assert hub.http.get(path).json()["state"] == "waiting"
        folder.mkdir()
        wait_until(lambda: hub.http.get(path).json()["state"] == "done")

"""Flow control in Kafka Connect's words, and by command, on a feed that really runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.support.hub_in_process import HubInProcess, hub_in_process
from tests.support.lanes import await_lane, lanes, readings
from tests.support.orders import at_rest
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu_worker.pouring import IN_A_ROW

pytestmark = pytest.mark.integration


@pytest.fixture
def hub(worker: WorkerUnderTest, monkeypatch: pytest.MonkeyPatch) -> HubInProcess:
    return hub_in_process(worker, monkeypatch)


def place(hub: HubInProcess, partition: int, offset: int | None) -> dict[str, Any]:
    return {
        "partition": {"kafka_topic": hub.worker.topic, "kafka_partition": partition},
        "offset": None if offset is None else {"kafka_offset": offset},
    }


def test_a_stopped_feed_goes_on_where_its_offsets_say_and_a_restart_changes_nothing(
    hub: HubInProcess, unique: str, tmp_path: Path
) -> None:
    address = f"sqlite:///{tmp_path / 'partner.sqlite'}"
    options = {"url": address, "table": "readings", "mode": "append"}
    engine = create_engine(address)

    def rows() -> dict[float, tuple[int, int]]:
        """Return partition and number of each value that the partner holds."""
        with engine.connect() as connection:
            found = connection.execute(text("SELECT value, lq_part, lq_seq FROM readings"))
            return {row[0]: (row[1], row[2]) for row in found}

    hub.agree(unique, delivery={"connector": "database-sink", "options": options})
    hub.worker.publish(readings(0, 30))
    path = f"/connectors/{unique}"
    with hub.relayed(), hub.worker.running() as (loop, resources):
        at_rest(hub.worker, unique, resources, 30)
        first = rows()
        (partition,) = {lane for lane, _ in first.values()}
        assert hub.http.put(f"{path}/stop").status_code == 204
        wait_until(lambda: not loop.runners())
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM readings WHERE value >= 10"))
        assert "would be at" in hub.lingqu("feed", "rewind", unique, f"{partition}=10", "--dry-run")
        altered = hub.http.patch(f"{path}/offsets", json={"offsets": [place(hub, partition, 10)]})
        assert altered.status_code == 200, altered.text
        told = {one["partition"]["kafka_partition"]: one["offset"] for one in offsets(hub, unique)}
        assert told[partition] == {"kafka_offset": 10, "lq_seq": 11}
        assert len(rows()) == 10
        assert hub.http.put(f"{path}/resume").status_code == 202
        wait_until(lambda: rows() == first)
        before = loop.runners()[0].inlet
        assert hub.http.post(f"{path}/restart").status_code == 204
        wait_until(lambda: loop.runners() and loop.runners()[0].inlet is not before)
        assert not before.alive
        hub.lingqu("feed", "stop", unique)
        wait_until(lambda: not loop.runners())
        assert "have been altered" in hub.lingqu("feed", "rewind", unique, "--reset")
        shown = hub.lingqu("feed", "offsets", unique)

    assert sorted(line.split()[-2:] for line in shown.splitlines()[1:]) == [["0", "1"], ["0", "1"]]


def offsets(hub: HubInProcess, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.http.get(f"/connectors/{name}/offsets").json()["offsets"]
    return found


def test_a_feed_that_can_read_nothing_stops_and_goes_on_behind_it_as_told(
    hub: HubInProcess, unique: str, tmp_path: Path
) -> None:
    options = {"folder": str(tmp_path), "format": "jsonl", "max_wait_s": 0}
    hub.worker.publish([b"garbage"] * IN_A_ROW)
    hub.agree(unique, delivery={"connector": "file-sink", "options": options})
    with hub.relayed(), hub.worker.running() as (loop, _):
        await_lane(loop, unique, "failed", "they become no dead letters")
        (failed,) = [lane for lane in lanes(loop, unique) if lane.state == "failed"]
        assert not hub.worker.dead_letters(unique)
        hub.lingqu("feed", "stop", unique)
        goal = f"{failed.partition}={IN_A_ROW}"
        assert f"lingqu feed rewind {unique} {goal}" in failed.why
        assert "have been altered" in hub.lingqu("feed", "rewind", unique, goal)
        hub.lingqu("feed", "resume", unique)
        hub.worker.publish(readings(0, 5))
        wait_until(lambda: list(tmp_path.glob("*-000000000001-*.manifest.json")))
    assert not hub.worker.dead_letters(unique)


def test_a_connector_tells_what_it_is_and_what_it_shall_do(
    hub: HubInProcess, unique: str, tmp_path: Path
) -> None:
    hub.agree(unique, delivery={"connector": "file-sink", "options": {"folder": str(tmp_path)}})
    path = f"/connectors/{unique}"

    assert hub.http.get("/connectors").json() == [unique]
    assert hub.http.get(path).json()["config"]["connector.class"] == "file-sink"
    states = []
    for verb in ("resume", "pause", "stop", "resume"):
        assert hub.http.put(f"{path}/{verb}").is_success
        states.append(hub.http.get(f"{path}/status").json()["connector"]["state"])
    assert states == ["RUNNING", "PAUSED", "STOPPED", "RUNNING"]
    hub.lingqu("feed", "stop", unique)
    assert hub.lingqu("feed", "list").splitlines()[1].split()[-2:] == ["stopped", "no"]


def test_options_are_validated_and_nothing_is_applied(hub: HubInProcess) -> None:
    path = "/connector-plugins/file-sink/config/validate"
    asked = {"folder": "relative", "format": "csv", "colour": "red"}
    found = hub.http.put(path, json=asked).json()

    wrong = {one["value"]["name"]: one["value"]["errors"] for one in found["configs"]}
    assert found["error_count"] == 2
    assert "absolute path" in wrong["folder"][0]
    assert "not permitted" in wrong["colour"][0]
    assert wrong["format"] == []
    assert {"class": "file-sink", "type": "sink"} in hub.http.get("/connector-plugins").json()
    assert hub.http.put("/connector-plugins/x/config/validate", json={}).status_code == 404


def test_what_cannot_be_altered_is_said(hub: HubInProcess, unique: str, tmp_path: Path) -> None:
    hub.agree(unique, delivery={"connector": "file-sink", "options": {"folder": str(tmp_path)}})
    path = f"/connectors/{unique}/offsets"
    one = {"offsets": [place(hub, 0, 5)]}

    refused = hub.http.patch(path, json=one)
    assert (refused.status_code, "stop it first" in refused.text) == (400, True)
    hub.lingqu("feed", "stop", unique)
    assert "partitions 0 to 1" in hub.http.patch(path, json={"offsets": [place(hub, 7, 5)]}).text
    assert "named twice" in hub.http.patch(path, json={"offsets": [*one["offsets"]] * 2}).text
    assert "has not begun in any partition" in hub.lingqu("feed", "offsets", unique)
    assert "is no PARTITION=OFFSET" in hub.lingqu("feed", "rewind", unique, "three")
    assert "--reset for all of them" in hub.lingqu("feed", "rewind", unique)
    hub.worker.publish(readings(0, 3))
    with hub.relayed(), hub.worker.running():
        beyond = hub.http.patch(path, json={"offsets": [place(hub, 0, 500)]})
    assert beyond.status_code == 422
    assert "and 500 is asked for" in beyond.text

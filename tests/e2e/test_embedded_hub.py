"""A whole hub as a person runs it: up, status, kills, down."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from tests.support.hub import TestHub
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestHub]:
    made = TestHub.on_free_ports(tmp_path_factory.mktemp("hub"))
    yield made
    made.lingqu("down")


@pytest.fixture
def up(hub: TestHub) -> TestHub:
    """Return the hub, up and ready, whatever the test before did to it; one service is enough."""
    done = hub.up("--only", "registry")
    assert done.returncode == 0, done.stdout + done.stderr
    return hub


def admin(hub: TestHub) -> Any:
    return KafkaAdminClient(bootstrap_servers=hub.status()["kafka"])


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_up_tells_each_step_and_leaves_everything_ready(hub: TestHub) -> None:
    done = hub.up("--only", "registry")

    assert done.returncode == 0, done.stdout + done.stderr
    steps = [line.split(" (")[0] for line in done.stdout.splitlines()]
    assert steps[:4] == ["kafka: starting", "kafka: ready", "api: starting", "api: ready"]
    assert {each["state"] for each in hub.status()["processes"]} == {"ready"}
    assert hub.lingqu("status").returncode == 0


def test_status_tells_process_pid_port_state_since_and_url(up: TestHub) -> None:
    told = json.loads(up.lingqu("status", "--json").stdout)

    assert told["ready"] is True
    assert told["region"] == "43"
    [api] = [each for each in told["processes"] if each["name"] == "api"]
    assert psutil.pid_exists(api["pid"])
    assert api["state"] == "ready"
    assert api["since"]
    registry = next(each for each in api["services"] if each["name"] == "registry")
    assert registry["url"] == told["urls"]["registry"]
    assert registry["port"] == 8081 + up.port_offset


def test_a_second_up_of_the_same_home_says_that_it_is_up(up: TestHub) -> None:
    detached, attached = up.up(), up.lingqu("up")

    assert detached.returncode == 0
    assert "already up" in detached.stdout
    assert attached.returncode == 1
    assert "already up" in attached.stderr


def test_a_taken_port_is_said_with_its_holder_and_the_cure(up: TestHub, tmp_path: Path) -> None:
    other = TestHub(tmp_path, up.port_offset)

    done = other.up()

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "is taken by java" in done.stderr
    assert "--port-offset" in done.stderr


def test_a_second_hub_runs_beside_the_first(up: TestHub, tmp_path: Path) -> None:
    other = TestHub.on_free_ports(tmp_path)
    try:
        done = other.up("--region", "44", "--only", "registry")

        assert done.returncode == 0, done.stdout + done.stderr
        assert other.status()["region"] == "44"
        assert other.status()["kafka"] != up.status()["kafka"]
    finally:
        other.lingqu("down")
    assert up.lingqu("status").returncode == 0


@pytest.mark.parametrize("name", ["api", "kafka"])
def test_a_killed_process_comes_back(up: TestHub, name: str) -> None:
    before = up.process(name)

    os.kill(before["pid"], signal.SIGKILL)

    wait_until(lambda: up.process(name)["pid"] not in (None, before["pid"]))
    wait_until(lambda: up.lingqu("status").returncode == 0, timeout_s=60)
    assert up.process(name)["restarts"] == before["restarts"] + 1


def test_a_killed_supervisor_leaves_no_process_and_no_data_behind_is_lost(
    up: TestHub, unique: str
) -> None:
    client = admin(up)
    client.create_topics([NewTopic(unique, 1, 1)])
    client.close()
    before = up.status()

    os.kill(before["pid"], signal.SIGKILL)
    assert "ended without stopping" in up.lingqu("status").stdout
    again = up.up("--only", "registry")

    assert again.returncode == 0, again.stdout + again.stderr
    assert "ended without stopping" in again.stdout
    assert all(gone(each["pid"]) for each in before["processes"])
    client = admin(up)
    assert unique in client.list_topics()
    client.close()


def test_down_cleans_up_after_a_killed_supervisor(up: TestHub) -> None:
    before, scraped = up.status(), up.home / "run" / "scrape"
    assert [file.stem.partition("-")[0] for file in scraped.iterdir()] == ["registry"]
    os.kill(before["pid"], signal.SIGKILL)

    done = up.lingqu("down")

    assert done.returncode == 0
    assert "ended without stopping" in done.stdout
    assert all(gone(each["pid"]) for each in before["processes"])
    assert list(scraped.iterdir()) == []


def test_down_stops_every_process(up: TestHub) -> None:
    before = up.status()

    assert up.lingqu("down").returncode == 0

    assert all(gone(each["pid"]) for each in before["processes"])
    assert up.lingqu("status").returncode == 1
    assert "no hub is up" in up.lingqu("down").stdout


def test_a_hub_wanted_by_a_process_ends_with_it(hub: TestHub) -> None:
    hub.lingqu("down")
    wanting = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    only_kafka_and_control = ("--only", "control", "--until-exit-of", str(wanting.pid))
    assert hub.lingqu("up", "--detach", *only_kafka_and_control).returncode == 0

    wanting.communicate(b"\n")

    wait_until(lambda: not hub.status()["up"])


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let children heed Ctrl-C, which a shell tells what it runs in the background to ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_stops_a_hub_in_the_foreground(hub: TestHub) -> None:
    hub.lingqu("down")
    with subprocess.Popen(
        hub.command("up", "--only", "registry"),
        env=hub.environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as foreground:
        assert foreground.stdout is not None
        lines = []
        for line in foreground.stdout:
            lines.append(line)
            if line.startswith("the hub is up"):
                foreground.send_signal(signal.SIGINT)
        code = foreground.wait(60)

    assert code == 0, lines
    assert lines[-1] == "the hub has stopped\n"
    assert [line.split(":")[0] for line in lines if ": stopped" in line] == ["api", "kafka"]

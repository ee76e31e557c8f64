from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lingqu_embedded.home import HubHome
from lingqu_embedded.status import HubStatus, status_of

FACTS = {
    "region": "43",
    "pid": 7,
    "kafka": "127.0.0.1:9092",
    "ports": {"kafka": 9092, "registry": 8081},
    "urls": {"registry": "http://127.0.0.1:8081"},
    "processes": [
        {
            "name": "api",
            "pid": 8,
            "state": "ready",
            "since": "2026-01-05T08:00:00+00:00",
            "restarts": 0,
            "log": "/hub/logs/api.log",
            "services": [{"name": "registry", "port": 8081, "url": "http://127.0.0.1:8081"}],
        }
    ],
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[HubHome]:
    """Return the home of a hub that is up."""
    made = HubHome(tmp_path)
    made.make()
    made.write_facts(FACTS)
    lock = made.lock()
    assert lock is not None
    with lock:
        yield made


def asked(home: HubHome, *missing: str) -> HubStatus:
    return status_of(home, of_kafka=lambda _port: [], of_service=lambda _port: list(missing))


def test_a_hub_is_ready_when_every_service_says_so(home: HubHome) -> None:
    assert asked(home).ready


def test_a_service_that_lacks_something_makes_the_hub_not_ready(home: HubHome) -> None:
    found = asked(home, "Kafka does not answer")

    assert not found.ready
    assert found.processes[0].state == "not ready"
    assert found.processes[0].services[0].missing == ("Kafka does not answer",)


def test_facts_without_a_hub_behind_them_are_not_believed(tmp_path: Path) -> None:
    home = HubHome(tmp_path)
    home.make()
    home.write_facts(FACTS)

    found = asked(home)

    assert not found.up
    assert found.died
    assert not found.ready


def test_a_status_can_be_written_as_json(home: HubHome) -> None:
    told = json.loads(json.dumps(asked(home).as_dict()))

    assert told["ready"] is True
    assert told["processes"][0]["services"][0]["port"] == 8081

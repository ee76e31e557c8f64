"""What is wrong around a service: settings, contracts, Kafka, database, disk, told in words."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import make_url
from tests.support.builders import contract_folder
from tests.support.gateway import GatewayUnderTest, gateway_under_test
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from lingqu.errors import ConfigurationError, ContractError
from lingqu.kafka.settings import KafkaSettings
from lingqu_worker.app import create_app
from lingqu_worker.settings import WorkerSettings

pytestmark = pytest.mark.integration

NAMES = [point.name for point in entry_points(group="lingqu.services")]


@pytest.fixture
def away() -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("LINGQU_REGION", "43")
    monkeypatch.setenv("LINGQU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LINGQU_SCHEMAS_DIR", str(contract_folder(tmp_path)))
    return monkeypatch


def create(name: str) -> Any:
    (point,) = entry_points(group="lingqu.services", name=name)
    return point.load().create()


@pytest.mark.parametrize("name", NAMES)
def test_no_service_starts_with_a_setting_it_does_not_know(
    environ: pytest.MonkeyPatch, name: str
) -> None:
    environ.setenv(f"LINGQU_{name.upper()}_REGOIN", "43")
    with pytest.raises(ConfigurationError, match=f"LINGQU_{name.upper()}_REGOIN.*did you mean"):
        create(name)


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize("name", sorted(set(NAMES) - {"registry"}))
def test_no_service_starts_on_contracts_it_cannot_read(tmp_path: Path, name: str) -> None:
    """The registry goes on without them and says so: others still ask it for schemas.

    A domain's service reads its own alone.
    """
    broken = tmp_path / "schemas" / name / "domain.yaml"
    broken.parent.mkdir()
    broken.write_text("title_en: [unclosed\n", "utf-8")
    with pytest.raises(ContractError, match=rf"{broken}.*line 2"):
        create(name)


def test_a_worker_without_kafka_is_alive_not_ready_and_ends_soon(
    environ: pytest.MonkeyPatch, away: KafkaSettings
) -> None:
    environ.setenv("LINGQU_KAFKA__BOOTSTRAP_SERVERS", away.bootstrap_servers)
    with TestClient(create_app(WorkerSettings.load())) as client:
        ready = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/lanes").json() == {"feeds": [], "partners": [], "problems": []}
        assert "lingqu_worker_agreements_fresh 0.0" in client.get("/metrics").text
        told_at = time.monotonic()
    assert time.monotonic() - told_at < 15
    assert ready.status_code == 503
    assert away.bootstrap_servers in ready.json()["detail"]
    assert "is Kafka up" in ready.json()["detail"]


def test_an_oversize_event_is_refused_by_itself(
    tmp_path: Path, sqlite_url: str, away: KafkaSettings, unique: str
) -> None:
    with gateway_under_test(tmp_path, sqlite_url, away, unique) as gateway:
        answer = gateway.publish(
            [gateway.event(), gateway.event(note="n" * 900_000), gateway.event()]
        )
        assert (answer.status_code, answer.json()["accepted"], gateway.waiting()) == (202, 2, 2)
        (refused,) = answer.json()["refused"]
        assert (refused["index"], refused["code"]) == (1, "too_large")
        assert "divide it" in refused["reason"]
        labels = f'code="too_large",outcome="refused",topic="{gateway.topic}"'
        assert gateway.metric(f"lingqu_gateway_events_total{{{labels}}}") == 1


def test_a_full_disk_accepts_nothing_by_half_and_everything_again_once_it_has_room(
    tmp_path: Path, away: KafkaSettings, unique: str
) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk):
        url = f"sqlite:///{disk / 'gateway.sqlite'}"
        with gateway_under_test(tmp_path, url, away, unique) as gateway:
            assert gateway.publish([gateway.event()]).status_code == 202
            filler = disk / "filler"
            with pytest.raises(OSError, match="No space"):
                filler.write_bytes(b"x" * 4_000_000)
            events = [gateway.event(note="n" * 5_000) for _ in range(20)]
            check_refused(gateway, events, "the disk is full")
            filler.unlink()
            assert gateway.publish(events).json()["accepted"] == 20
            assert gateway.waiting() == 21


def test_a_database_that_goes_away_accepts_nothing_by_half_and_everything_once_it_is_back(
    tmp_path: Path, postgres_url: str, postgres_server: str, away: KafkaSettings, unique: str
) -> None:
    with gateway_under_test(tmp_path, postgres_url, away, unique) as gateway:
        events = [gateway.event() for _ in range(20)]
        with closed(postgres_server, str(make_url(postgres_url).database)):
            check_refused(gateway, events, "the database is unavailable")
            assert gateway.client.get("/readyz").status_code == 503
        wait_until(lambda: gateway.publish(events).status_code == 202)
        assert gateway.waiting() == 20


def check_refused(gateway: GatewayUnderTest, events: list[dict[str, Any]], said: str) -> None:
    labels = 'method="POST",route="/v1/topics/{topic}/events",service="gateway",status="503"'
    before = gateway.metric(f"lingqu_service_requests_total{{{labels}}}")
    answer = gateway.publish(events)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert said in answer.json()["detail"]
    assert gateway.metric(f"lingqu_service_requests_total{{{labels}}}") == before + 1


@contextmanager
def closed(server: str, database: str) -> Iterator[None]:
    """Let nobody into the database, and throw out who is in."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false'.encode())
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
        )
        try:
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true'.encode())


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a file system of 2 MB, or skip where this user may not."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)

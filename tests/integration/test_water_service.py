from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.support.http import http
from tests.support.ports import free_port
from tests.support.served import environment
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

SCHEMAS = Path(__file__).parents[2] / "schemas"


class Process:
    """`lingqu serve water`, beside nothing that it needs."""

    def __init__(self, home: Path, **more: str) -> None:
        self.port = free_port()
        nobody = f"127.0.0.1:{free_port()}"
        environ = environment(home, "43", nobody, SCHEMAS, **more)
        environ["LINGQU_WATER_PORT"] = str(self.port)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lingqu_cli", "serve", "water"],
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def get(self, path: str) -> httpx2.Response | None:
        try:
            return http.get(f"http://127.0.0.1:{self.port}{path}", timeout=20)
        except httpx2.TransportError:
            return None

    def readiness(self) -> Any:
        found = self.get("/readyz")
        return found.json().get("missing", []) if found is not None else []

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path)
    yield process
    if process.process.poll() is None:
        process.process.kill()
        process.process.wait()


def test_it_starts_without_what_it_needs_and_says_what_is_missing(alone: Process) -> None:
    wait_until(lambda: alone.get("/healthz"), 60)
    wait_until(lambda: len(alone.readiness()) >= 3, 60)
    said = " ".join(alone.readiness())
    assert "the registry at" in said
    assert "the outbox of 'water' is not published" in said
    assert "the inbox of 'water' does not read" in said
    sections = alone.get("/v1/sections")
    assert sections is not None
    assert sections.json()["items"]
    assert alone.end() == 0


def test_it_starts_without_its_database_and_ends_cleanly(tmp_path: Path) -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/water"
    process = Process(tmp_path, LINGQU_WATER_DATABASE_URL=url)
    try:
        wait_until(lambda: process.get("/healthz"), 60)
        wait_until(lambda: "no PostgreSQL server answers" in " ".join(process.readiness()), 60)
        readings = process.get("/v1/readings")
        assert readings is not None
        assert readings.status_code == 503
        assert process.end() == 0
    finally:
        process.process.kill()
        process.process.wait()

"""A control service in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
from tests.support.http import http
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from lingqu.client import ServiceClient


def environment(home: Path, region: str, kafka: str, **more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LINGQU")}
    return {
        **inherited,
        "LINGQU_HOME": str(home),
        "LINGQU_REGION": region,
        "LINGQU_PROFILE": "demo",
        "LINGQU_KAFKA__BOOTSTRAP_SERVERS": kafka,
        "LINGQU_CONTROL_PORT": str(free_port()),
        **more,
    }


@contextmanager
def control_at(environ: Mapping[str, str]) -> Iterator[ServiceClient]:
    """Run control until the block ends; it answers, and may not be ready yet."""
    command = [sys.executable, "-m", "lingqu_cli", "serve", "control"]
    log = Path(environ["LINGQU_HOME"]) / "control.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=dict(environ), stdout=output, stderr=output)
    client = ServiceClient("control", f"http://127.0.0.1:{environ['LINGQU_CONTROL_PORT']}")
    try:
        wait_until(lambda: process.poll() is not None or status(client, "/healthz") == 200)
        assert process.poll() is None, log.read_text()
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(20)


def status(client: ServiceClient, path: str) -> int | None:
    try:
        return http.get(client.url + path, timeout=15).status_code
    except httpx2.TransportError:
        return None

"""Services in processes of their own, by `lingqu serve`, on the run's broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from tests.support.http import http
from tests.support.ports import free_ports
from tests.support.waiting import wait_until

SERVICES = ("registry", "gateway", "control", "worker")


def environment(home: Path, region: str, kafka: str, schemas: Path, **more: str) -> dict[str, str]:
    """Return what every service of one hub is told; each has a free port of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LINGQU")}
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    return {
        **inherited,
        "LINGQU_HOME": str(home),
        "LINGQU_REGION": region,
        "LINGQU_PROFILE": "demo",
        "LINGQU_KAFKA__BOOTSTRAP_SERVERS": kafka,
        "LINGQU_SCHEMAS_DIR": str(schemas),
        **{f"LINGQU_{name.upper()}_PORT": str(port) for name, port in ports.items()},
        **{
            f"LINGQU_{name.upper()}_URL": f"http://127.0.0.1:{ports[name]}"
            for name in SERVICES
            if name != "worker"
        },
        **more,
    }


@dataclass
class Served:
    """One process with some of a hub's services."""

    environ: Mapping[str, str]
    names: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def log(self) -> Path:
        return Path(self.environ["LINGQU_HOME"]) / f"{'-'.join(self.names)}.log"

    def start(self) -> None:
        """Start and return at once; `await_ready` waits."""
        command = [sys.executable, "-m", "lingqu_cli", "serve", *self.names]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, env=self.environ, stdout=out, stderr=out)

    def await_ready(self) -> None:
        wait_until(lambda: self._ended() or all(map(self._ready, self.names)), 60)
        assert not self._ended(), self.log.read_text()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.environ[f'LINGQU_{name.upper()}_PORT']}"

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            process.wait(30)

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _ready(self, name: str) -> bool:
        try:
            return http.get(f"{self.url(name)}/readyz", timeout=10).status_code == 200
        except httpx2.TransportError:
            return False

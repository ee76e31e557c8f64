"""A real Prometheus and its promtool, Debian's, in the user's cache; and one that runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.debian import unpacked
from tests.support.ports import free_ports
from tests.support.waiting import wait_until

_ASK_S = 10


def programs() -> Path:
    """Return the folder of both programs: this machine's own, else fetched once by apt-get."""
    found = shutil.which("prometheus")
    if found is not None and shutil.which("promtool") is not None:
        return Path(found).parent
    return unpacked("prometheus") / "usr" / "bin"


@dataclass(frozen=True, slots=True)
class Prometheus:
    """One that runs; asked as an operator's page asks it."""

    url: str

    def targets(self) -> dict[str, str]:
        """Return the health of each service by its job."""
        active = self._get("targets?state=active")["activeTargets"]
        return {target["labels"]["job"]: target["health"] for target in active}

    def ask(self, query: str, *labels: str) -> dict[tuple[str, ...], float]:
        """Return the value of each series a query finds, by these of its labels."""
        found = self._get("query?" + urllib.parse.urlencode({"query": query}))["result"]
        return {
            tuple(series["metric"].get(label, "") for label in labels): float(series["value"][1])
            for series in found
        }

    def alerting(self) -> set[str]:
        """Return the alerts that have begun, also those still waiting for their time."""
        return {alert["labels"]["alertname"] for alert in self._get("alerts")["alerts"]}

    def rules(self) -> list[dict[str, Any]]:
        """Return the alerting rules as they were loaded."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", timeout=_ASK_S) as answer:
            return json.load(answer)["data"]


@contextmanager
def prometheus(config: Path, folder: Path) -> Iterator[Prometheus]:
    """Run Prometheus until the block ends; its data are thrown away with the folder."""
    (port,) = free_ports(1)
    address, log = f"127.0.0.1:{port}", folder / "prometheus.log"
    command = [str(programs() / "prometheus"), f"--config.file={config}", "--log.level=warn"]
    options = [f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={address}"]
    with (
        log.open("wb") as out,
        subprocess.Popen([*command, *options], stdout=out, stderr=out) as it,
    ):
        try:
            running = Prometheus(f"http://{address}")
            wait_until(lambda: _ready(running, it, log), 60)
            yield running
        finally:
            it.terminate()


def _ready(running: Prometheus, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text("utf-8")
    with suppress(OSError):
        return bool(urllib.request.urlopen(f"{running.url}/-/ready", timeout=_ASK_S).status == 200)
    return False

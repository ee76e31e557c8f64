"""A worker as a process of its own, that a test can kill."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.support.worker import WorkerUnderTest

from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.settings import KafkaSettings
from lingqu_embedded.leash import leashed
from lingqu_worker.retry import Schedule

_ROOT = Path(__file__).parents[2]


class WorkerProcess:
    """Runs what the test's own worker would; `kill` is a power cut."""

    def __init__(self, worker: WorkerUnderTest, log: Path) -> None:
        self._said: dict[str, Any] = {
            "bootstrap": worker.kafka.bootstrap_servers,
            "registry": worker.registry_url,
            "folder": str(worker.folder),
            "contract": worker.contract.name,
            "table": worker.table_topic,
            "delays_s": worker.schedule.delays_s,
            "parked_events": worker.parked_events,
        }
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.support.worker_process", json.dumps(self._said)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(leashed(command), cwd=_ROOT, stdout=log, stderr=log)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def words(self) -> str:
        return self._log.read_text("utf-8", errors="replace")


def main(said: dict[str, Any]) -> None:
    folder = Path(said["folder"])
    worker = WorkerUnderTest(
        KafkaSettings(bootstrap_servers=said["bootstrap"]),
        said["registry"],
        load_catalogue(folder).contract(said["contract"]),
        folder,
        said["table"],
        schedule=Schedule(tuple(said["delays_s"])),
        parked_events=said["parked_events"],
    )
    with worker.running(instance="killed-and-back"):
        threading.Event().wait(600)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

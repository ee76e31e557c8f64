"""A worker of its own process that dies where a file is placed, and what it leaves."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.worker import WorkerUnderTest

_ROOT = Path(__file__).parents[2]

# Runs a worker as another process, which is killed when it places its n-th file.
_RUN_AND_DIE = """
import os, signal, sys, threading
from pathlib import Path
from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.settings import KafkaSettings
from lingqu_connectors.file.drop import Drop
from tests.support.worker import WorkerUnderTest

bootstrap, registry, folder, name, table, deaths = sys.argv[1:]
place, placed = Drop.place, []

def place_or_die(self, *arguments):
    placed.append(1)
    if len(placed) == int(deaths):
        os.kill(os.getpid(), signal.SIGKILL)
    place(self, *arguments)

Drop.place = place_or_die
contract = load_catalogue(Path(folder)).contract(name)
kafka = KafkaSettings(bootstrap_servers=bootstrap)
with WorkerUnderTest(kafka, registry, contract, Path(folder), table).running(instance="back"):
    threading.Event().wait(60)
"""


def run_and_die(worker: WorkerUnderTest, deaths: int) -> None:
    """Run a worker until it is killed before it places that file, manifests counted."""
    address = worker.kafka.bootstrap_servers
    place = [str(worker.folder), worker.contract.name, worker.table_topic]
    command = [
        sys.executable,
        "-c",
        _RUN_AND_DIE,
        address,
        worker.registry_url,
        *place,
        str(deaths),
    ]
    ended = subprocess.run(command, cwd=_ROOT, check=False, timeout=90)
    assert ended.returncode == -signal.SIGKILL


def named_files(folder: Path) -> dict[str, bytes]:
    """Return the files that a manifest in the folder names, whole."""
    return {name: (folder / name).read_bytes() for name in manifests(folder)}


def manifests(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the manifests say, by the name of their file, which is as they say."""
    found = {}
    for path in sorted(folder.glob("*.manifest.json")):
        manifest = json.loads(path.read_text())
        content = (folder / manifest["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == manifest["sha256"]
        found[manifest["file"]] = manifest
    return found

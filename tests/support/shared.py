"""One server of a kind for all workers of a pytest run: the first who asks starts it."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]


def run_folder(config: pytest.Config) -> Path:
    """Return the folder that controller and workers of this run share."""
    base: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    return base.parent if hasattr(config, "workerinput") else base


def pytest_pid(config: pytest.Config) -> int:
    return os.getppid() if hasattr(config, "workerinput") else os.getpid()


def shared_server(kind: str, config: pytest.Config) -> dict[str, str]:
    """Return the facts of the run's server, starting it when this is the first call."""
    folder = run_folder(config)
    reference = folder / f"{kind}.json"
    with (folder / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not reference.exists():
            _start(kind, folder, pytest_pid(config))
    facts: dict[str, str] = json.loads(reference.read_text())
    return facts


def stop_shared_servers(config: pytest.Config) -> None:
    """Stop what this run started; called once, by the process that began it."""
    factory = getattr(config, "_tmp_path_factory", None)
    if hasattr(config, "workerinput") or factory is None or factory._basetemp is None:
        return
    for reference in run_folder(config).glob("*.json"):
        _stop(json.loads(reference.read_text())["pid"])
        reference.unlink()


def _start(kind: str, folder: Path, watched: int) -> None:
    log, reference = folder / f"{kind}.log", folder / f"{kind}.json"
    command = [sys.executable, "-m", "tests.support.keeper", kind, str(reference), str(watched)]
    with log.open("wb") as out:
        keeper = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    keeper.returncode = 0  # nobody waits for it: it ends with pytest
    deadline = time.monotonic() + 300
    while not reference.exists():
        if time.monotonic() > deadline or not _alive(keeper.pid):
            pytest.fail(f"the shared {kind} did not start: {log.read_text()[-2000:]}")
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _stop(pid: int) -> None:
    try:
        keeper = psutil.Process(pid)
        keeper.terminate()
        keeper.wait(40)
    except psutil.NoSuchProcess:
        pass

"""Processes that a hub left behind when its supervisor was killed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import psutil

GRACE_S = 15.0


def end_orphans(home: str, facts: dict[str, Any]) -> int:
    """End what still runs of the hub that wrote these facts; return how many there were."""
    found = [
        process
        for each in facts.get("processes", [])
        if (process := _ours(each.get("pid"), home)) is not None
    ]
    for process in found:
        _quietly(process.terminate)
    _, alive = psutil.wait_procs(found, timeout=GRACE_S)
    for process in alive:
        _quietly(process.kill)
    psutil.wait_procs(alive, timeout=GRACE_S)
    return len(found)


def _ours(pid: int | None, home: str) -> psutil.Process | None:
    """Return the process if it is this hub's: ids are used again, homes are not."""
    if pid is None:
        return None
    try:
        process = psutil.Process(pid)
        mine = process.environ().get("LINGQU_HOME") == home
    except psutil.Error:
        return None
    return process if mine else None


def _quietly(act: Callable[[], None]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        act()

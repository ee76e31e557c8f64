"""A supervisor in the background, watched until it has started."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO

from lingqu.errors import LingquError

SAID, STARTED, FAILED = "said", "started", "failed"

Say = Callable[[str], None]
Supervise = Callable[[Say, Callable[[], None]], None]


def run_in_background(supervise: Supervise, log: Path, say: Say) -> None:
    """Run `supervise(say, started)` in a daemon, and return once it has started.

    What the daemon says until then is said here; afterwards it goes to the log alone. Raises
    LingquError with what the daemon ended of, if it did.
    """
    reading, writing = os.pipe()
    daemon = os.fork()
    if daemon == 0:
        os.close(reading)
        _become_daemon(log)
        _supervise(supervise, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as news:
        try:
            _listen(news, say)
        except KeyboardInterrupt:
            os.kill(daemon, signal.SIGTERM)
            _listen(news, say)


def _listen(news: IO[str], say: Say) -> None:
    for line in news:
        kind, text = json.loads(line)
        if kind == STARTED:
            return
        if kind == FAILED:
            raise LingquError(text)
        say(text)
    raise LingquError("the hub was stopped before it was up")


def _become_daemon(log: Path) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(nothing, 0)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(file, 1)
    os.dup2(file, 2)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _supervise(supervise: Supervise, writing: int) -> None:
    news = os.fdopen(writing, "w", encoding="utf-8")

    def tell(kind: str, text: str) -> None:
        print(text, flush=True)  # noqa: T201 - into the log
        if not news.closed:
            with contextlib.suppress(BrokenPipeError):  # whoever waited has gone; the hub goes on
                print(json.dumps([kind, text]), file=news, flush=True)

    def started() -> None:
        tell(STARTED, "the hub is up")
        news.close()

    try:
        supervise(lambda text: tell(SAID, text), started)
    except LingquError as error:
        tell(FAILED, str(error))
    except Exception as error:  # noqa: BLE001 - the daemon's edge
        traceback.print_exc()
        tell(FAILED, f"the supervisor failed: {type(error).__name__}: {error}")

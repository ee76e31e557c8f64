"""A process under measurement: started on a leash, watched, asked what it used, stopped."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

import psutil

from lingqu.errors import LingquError
from lingqu_embedded.leash import leashed
from lingqu_embedded.logs import last_lines

POLL_S = 0.02
_GRACE_S = 15.0


class BenchError(LingquError):
    """The bench cannot go on."""


class Measured:
    """A context manager around one process; it never outlives the bench."""

    def __init__(
        self, name: str, command: Sequence[str], environ: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self._command = list(command)
        self._environ = dict(environ)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                leashed(self._command),
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """The number of the process; the leash it started through has become it."""
        assert self._process is not None
        return self._process.pid

    def check(self) -> None:
        """Raise when it has ended, with its last words."""
        if self._process is not None and self._process.poll() is not None:
            raise BenchError(f"{self.name} ended by itself; {self.last_words()}")

    def wait(
        self, what: str, done: Callable[[], bool], timeout_s: float, poll_s: float = POLL_S
    ) -> None:
        """Wait until it is done; raise when the process ends or the time is over."""
        deadline = time.monotonic() + timeout_s
        while not done():
            self.check()
            if time.monotonic() > deadline:
                raise BenchError(
                    f"{self.name}: no {what} in {timeout_s:.0f} s; {self.last_words()}"
                )
            Event().wait(poll_s)

    def cpu_s(self) -> float:
        """Return the seconds of user and system time since its start, its children's included."""
        return sum(_cpu_s(one) for one in self._tree())

    def peak_rss_mb(self) -> float:
        """Return the most memory it ever held."""
        return sum(_peak_kb(one.pid) for one in self._tree()) / 1024

    def last_words(self) -> str:
        words = " / ".join(last_lines(self._log, 6))
        return f"{self._log.name} ends with: {words or 'nothing'}"

    def _tree(self) -> list[psutil.Process]:
        assert self._process is not None
        root = psutil.Process(self._process.pid)
        return [root, *root.children(recursive=True)]


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _peak_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0

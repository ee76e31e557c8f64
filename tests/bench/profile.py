"""Where a process spends its time: its five top frames, where py-spy is installed."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CURE = "pip install py-spy tells where the time goes"
_TOP, _STOP_S = 5, 20


@contextmanager
def profiled(pid: int, file: Path) -> Iterator[None]:
    """Sample the thread that holds the interpreter, until the block ends, into a file.

    Without py-spy nothing is written. The process is slower meanwhile: its rate is not taken.
    """
    tool = shutil.which("py-spy")
    if tool is None:
        yield
        return
    command = [tool, "record", "--gil", "-f", "raw", "-d", "3600", "-o", str(file), "-p", str(pid)]
    spy = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        spy.send_signal(signal.SIGINT)  # it then writes what it has seen
        spy.wait(_STOP_S)


def top_frames(file: Path) -> list[str]:
    """Return the five functions that ran most, with their shares; none where nothing was seen."""
    counts: Counter[str] = Counter()
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        stack, _, samples = line.rpartition(" ")
        counts[_frame(stack)] += int(samples)
    total = sum(counts.values())
    return [f"{frame} {count / total:.0%}" for frame, count in counts.most_common(_TOP)]


def _frame(stack: str) -> str:
    """Return the innermost function of a stack, without its line."""
    innermost = stack.rpartition(";")[2]
    return innermost.rpartition(":")[0] + ")" if ":" in innermost else innermost

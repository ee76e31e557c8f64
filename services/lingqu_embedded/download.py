"""How the jars come in, told on a terminal by a bar and elsewhere by plain lines."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

MIB = 1024 * 1024


class Lines:
    """Says the beginning, each tenth, and the end."""

    def __init__(self) -> None:
        self._size = 0
        self._done = 0
        self._told = 0

    def start(self, count: int, size: int) -> None:
        self._size = size
        self._say(f"fetching Apache Kafka: {count} files, {size / MIB:.0f} MiB, kept for next time")

    def advance(self, name: str, size: int) -> None:  # noqa: ARG002 - a bar shows the name
        self._done += size
        tenth = 10 * self._done // self._size
        if tenth > self._told:
            self._told = tenth
            self._say(f"fetched {self._done / MIB:.0f} of {self._size / MIB:.0f} MiB")

    def stop(self) -> None:
        pass

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the command line's edge


class Live:
    """Draws a bar."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._left = 0

    def start(self, count: int, size: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - only while fetching
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TransferSpeedColumn,
        )

        columns = (TextColumn("fetching Apache Kafka"), BarColumn(), DownloadColumn())
        self._bar = Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True))
        self._task = self._bar.add_task("jars", total=size)
        self._left = count
        self._bar.start()

    def advance(self, name: str, size: int) -> None:  # noqa: ARG002 - the bar is by bytes
        assert self._bar is not None  # noqa: S101 - started before it advances
        assert self._task is not None  # noqa: S101
        self._bar.advance(self._task, size)
        self._left -= 1
        if self._left == 0:
            self.stop()

    def stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def download_progress() -> Lines | Live:
    """Return what suits where the words go."""
    return Live() if sys.stderr.isatty() else Lines()

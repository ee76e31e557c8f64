"""A folder that others read: files appear in it whole, durable and under their final name."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from lingqu.errors import FencedError
from lingqu_connectors.file.trouble import explained


class Drop:
    """Puts files into a folder so that no reader, and no crash, ever meets half of one.

    Write under a hidden name, fsync, rename, fsync the folder: after that the file survives a power
    cut. Every failure is a RetriableError that names the folder and the cure.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, lane: str) -> None:
        """Check that the folder can be written to; remove what an earlier owner left half done."""
        with explained(self._folder):
            if not os.access(self._folder, os.W_OK | os.X_OK):
                os.stat(self._folder)  # noqa: PTH116 - says which of missing and refused it is
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            for leftover in self._folder.glob(f".{lane}*.part"):
                leftover.unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        """Return a file of this folder, or None when there is none of that name."""
        path = self._folder / name
        with explained(self._folder):
            return path.read_bytes() if path.exists() else None

    def place(self, name: str, content: bytes, check: Callable[[], None]) -> None:
        """Make the file appear; `check` is called at the last moment and may raise to stop it."""
        hidden = self._folder / f".{name}.{secrets.token_hex(4)}.part"
        with explained(self._folder):
            try:
                _write_durably(hidden, content)
                check()
                self._rename(hidden, name)
                _sync_folder(self._folder)
            finally:
                hidden.unlink(missing_ok=True)

    def _rename(self, hidden: Path, name: str) -> None:
        try:
            hidden.rename(self._folder / name)
        except FileNotFoundError as error:
            if not self._folder.is_dir():
                raise
            raise FencedError(
                f"{hidden} was cleared away while it was written: a newer owner has taken over"
            ) from error


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

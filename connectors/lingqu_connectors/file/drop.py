"""A folder that others read: files appear in it whole, durable and under their final name."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lingqu.errors import FencedError, RetriableError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_MISSING = {errno.ENOENT, errno.ENOTDIR}


class Drop:
    """Puts files into a folder so that no reader, and no crash, ever meets half of one.

    Write under a hidden name, fsync, rename, fsync the folder: after that the file survives a power
    cut. Every failure is a RetriableError that names the folder and the cure.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, lane: str) -> None:
        """Check that the folder can be written to; remove what an earlier owner left half done."""
        with self._explained():
            if not os.access(self._folder, os.W_OK | os.X_OK):
                os.stat(self._folder)  # noqa: PTH116 - says which of missing and refused it is
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            for leftover in self._folder.glob(f".{lane}*.part"):
                leftover.unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        """Return a file of this folder, or None when there is none of that name."""
        path = self._folder / name
        with self._explained():
            return path.read_bytes() if path.exists() else None

    def place(self, name: str, content: bytes, check: Callable[[], None]) -> None:
        """Make the file appear; `check` is called at the last moment and may raise to stop it."""
        hidden = self._folder / f".{name}.{secrets.token_hex(4)}.part"
        with self._explained():
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

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RetriableError(self._sentence(error)) from error

    def _sentence(self, error: OSError) -> str:
        place = f"file drop {self._folder}"
        if error.errno in _FULL:
            return f"{place}: the disk is full; free space there, the same file is written again"
        if error.errno in _REFUSED:
            return f"{place}: the worker may not write there; grant its user write access"
        if error.errno in _MISSING:
            return f"{place}: there is no such folder; create or mount it"
        return f"{place}: {error.strerror or error}; check the disk or the mount"


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

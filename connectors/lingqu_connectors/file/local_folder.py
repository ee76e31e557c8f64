"""A folder of this machine, or one that is mounted here."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from lingqu_connectors.file.folder import Folder, Shape


class LocalFolder(Folder):
    """Durable after write and move: the file is synced, and the folder that names it."""

    def __init__(self, path: Path) -> None:
        self.place = f"file drop {path}"
        self._path = path

    def open(self) -> None:
        if not os.access(self._path, os.W_OK | os.X_OK):
            self._path.stat()  # says which of missing and refused it is
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def list(self) -> Mapping[str, Shape]:
        found: dict[str, Shape] = {}
        with os.scandir(self._path) as entries:
            for entry in entries:
                if entry.is_file() and (shape := self.stat(entry.name)) is not None:
                    found[entry.name] = shape
        return found

    def stat(self, name: str) -> Shape | None:
        try:
            return shape_of(self._path / name)
        except FileNotFoundError:
            return None

    def read(self, name: str) -> bytes | None:
        path = self._path / name
        return path.read_bytes() if path.exists() else None

    def fetch(self, name: str) -> Path:
        return self._path / name

    def write(self, name: str, content: bytes) -> None:
        with (self._path / name).open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def move(self, old: str, new: str) -> None:
        target = self._path / new
        (self._path / old).rename(target)
        _sync_folder(target.parent)

    def remove(self, name: str) -> None:
        (self._path / name).unlink(missing_ok=True)

    def make(self, name: str) -> None:
        (self._path / name).mkdir(exist_ok=True)


def shape_of(path: Path) -> Shape:
    """Return the shape of a file of this machine. Raises FileNotFoundError where there is none."""
    found = path.stat()
    return Shape(found.st_size, found.st_mtime_ns, found.st_ino)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

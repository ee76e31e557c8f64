"""The files of a folder that are complete: named by a manifest, or at rest for a while."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from lingqu.errors import InputError
from lingqu_connectors.file.manifest import manifest_name
from lingqu_connectors.file.options import FileSourceOptions

_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", "~")
_BESIDE = (".manifest.json", ".errors.txt")

# What a hub's own file sink writes is complete when its manifest has appeared, and not before.
_OF_A_SINK = re.compile(r".+-p\d+-\d{12,}-\d{12,}\.[a-z]+")


@dataclass(frozen=True, slots=True)
class Shape:
    """By what a change of a file shows, without reading it."""

    size: int
    changed_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Shape:
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A complete file as it stood when it was read through for its digest."""

    path: Path
    shape: Shape
    digest: str

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def unchanged(self) -> bool:
        """Say whether the same file still lies there; False also when it was taken away."""
        try:
            return Shape.of(self.path) == self.shape
        except FileNotFoundError:
            return False


@dataclass(slots=True)
class Incoming:
    """Looks through the folder; raises OSError where that fails."""

    options: FileSourceOptions
    now: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[Shape, float]] = field(default_factory=dict)

    def complete(self) -> Iterator[Arrived]:
        """Yield the files that are complete, by name; each is read through once, for its digest."""
        paths = {entry.name: Path(entry.path) for entry in os.scandir(self.options.folder)
                 if self._wanted(entry)}  # fmt: skip
        self._seen = {name: seen for name, seen in self._seen.items() if name in paths}
        for _, path in sorted(paths.items()):
            try:
                if self._is_complete(path):
                    yield arrived(path)
            except FileNotFoundError:
                continue  # somebody has taken it away again

    def _wanted(self, entry: os.DirEntry[str]) -> bool:
        name = entry.name
        hidden = name.startswith(".") or name.endswith((*_UNFINISHED, *_BESIDE))
        return not hidden and fnmatchcase(name, self.options.pattern) and entry.is_file()

    def _is_complete(self, path: Path) -> bool:
        if path.with_name(manifest_name(path.name)).exists():
            return True
        if self.options.manifest == "always" or _OF_A_SINK.fullmatch(path.name):
            return False
        return self._at_rest(path)

    def _at_rest(self, path: Path) -> bool:
        """Compare with what was seen before: a clock on another machine proves nothing."""
        shape, now = Shape.of(path), self.now()
        before, since = self._seen.get(path.name, (None, now))
        if shape != before:
            since = now
            self._seen[path.name] = shape, since
        return now - since >= self.options.settle_s


def check_manifest(file: Arrived) -> None:
    """Raise InputError where the file's manifest, if it has one, tells of another content."""
    path = file.path.with_name(manifest_name(file.name))
    if not path.exists():
        return
    try:
        promised = json.loads(path.read_bytes())["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} is no manifest; send file and manifest again") from error
    if promised != file.digest:
        raise InputError(
            f"{file.name} is not the file that its manifest names: its SHA-256 is {file.digest}; "
            "send both again"
        )


def arrived(path: Path) -> Arrived:
    shape = Shape.of(path)
    with path.open("rb") as file:
        return Arrived(path, shape, hashlib.file_digest(file, "sha256").hexdigest())

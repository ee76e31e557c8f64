"""The files of a folder that are complete: named by a manifest, or at rest for a while."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from lingqu.errors import InputError
from lingqu_connectors.file.folder import Folder, Shape
from lingqu_connectors.file.local_folder import shape_of
from lingqu_connectors.file.manifest import manifest_name
from lingqu_connectors.file.options import SourceTerms

_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", "~")
_BESIDE = (".manifest.json", ".errors.txt")

# What a hub's own file sink writes is complete when its manifest has appeared, and not before.
_OF_A_SINK = re.compile(r".+-p\d+-(\d{12,}-\d{12,}|\d{8}T\d{4}(-\d+)?)\.[a-z]+")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A complete file as it stood when it was read through for its digest, and its manifest.

    `path` is where this machine reads it: the file itself, or a copy of one that lies elsewhere.
    """

    path: Path
    shape: Shape
    digest: str
    manifest: bytes | None

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def unchanged(self) -> bool:
        """Say whether the same file still lies there; False also when it was taken away."""
        try:
            return shape_of(self.path) == self.shape
        except FileNotFoundError:
            return False


@dataclass(slots=True)
class Incoming:
    """Looks through the folder; raises OSError where that fails."""

    folder: Folder
    terms: SourceTerms
    now: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[Shape, float]] = field(default_factory=dict)

    def complete(self) -> Iterator[Arrived]:
        """Yield the files that are complete, by name; each is read through once, for its digest."""
        there = self.folder.list()
        self._seen = {name: seen for name, seen in self._seen.items() if name in there}
        for name in sorted(filter(self._wanted, there)):
            if self._is_complete(name, there) and (file := self.arrived(name)) is not None:
                yield file

    def arrived(self, name: str) -> Arrived | None:
        """Return the file of that name, read through; None where somebody has taken it away."""
        try:
            path = self.folder.fetch(name)
            shape = shape_of(path)
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None
        return Arrived(path, shape, digest, self.folder.read(manifest_name(name)))

    def _wanted(self, name: str) -> bool:
        hidden = name.startswith(".") or name.endswith((*_UNFINISHED, *_BESIDE))
        return not hidden and fnmatchcase(name, self.terms.pattern)

    def _is_complete(self, name: str, there: Mapping[str, Shape]) -> bool:
        if manifest_name(name) in there:
            return True
        if self.terms.manifest == "always" or _OF_A_SINK.fullmatch(name):
            return False
        return self._at_rest(name, there[name])

    def _at_rest(self, name: str, shape: Shape) -> bool:
        """Compare with what was seen before: a clock on another machine proves nothing."""
        now = self.now()
        before, since = self._seen.get(name, (None, now))
        if shape != before:
            since = now
            self._seen[name] = shape, since
        return now - since >= self.terms.settle_s


def check_manifest(file: Arrived) -> None:
    """Raise InputError where the file's manifest, if it has one, tells of another content."""
    if file.manifest is None:
        return
    try:
        promised = json.loads(file.manifest)["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        name = manifest_name(file.name)
        raise InputError(f"{name} is no manifest; send file and manifest again") from error
    if promised != file.digest:
        raise InputError(
            f"{file.name} is not the file that its manifest names: its SHA-256 is {file.digest}; "
            "send both again"
        )

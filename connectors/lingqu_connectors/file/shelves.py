"""Where files end up: `done`, or `failed` with the lines that were refused and why."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

from lingqu_connectors.file.manifest import manifest_name
from lingqu_connectors.file.place import Place


class Shelves:
    """Two folders beside the files, on the same disk; raises OSError where that fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done, self._failed = folder / "done", folder / "failed"

    def open(self) -> None:
        """Make what is missing; the folder itself is never made: it may not be mounted."""
        if not os.access(self._folder, os.W_OK | os.X_OK):
            self._folder.stat()
            raise PermissionError(13, os.strerror(13))
        for shelf in (self._done, self._failed):
            shelf.mkdir(exist_ok=True)

    def say(self, place: Place) -> None:
        """Write the lines that were refused; again after a crash, the same ones."""
        hidden = self._failed / f".{place.file}.part"
        with hidden.open("wb") as file:
            file.write(codecs.BOM_UTF8 + place.report().encode())
            file.flush()
            os.fsync(file.fileno())
        hidden.rename(self._failed / f"{place.file}.errors.txt")

    def put_away(self, name: str, digest: str, *, failed: bool) -> None:
        """Move a file and its manifest; one of the same name that lies there already stays."""
        shelf = self._failed if failed else self._done
        free = name if not (shelf / name).exists() else f"{digest[:8]}.{name}"
        manifest = self._folder / manifest_name(name)
        if manifest.exists():
            manifest.rename(shelf / manifest_name(free))
        (self._folder / name).rename(shelf / free)

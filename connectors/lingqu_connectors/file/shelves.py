"""Where files end up: `done`, or `failed` with the lines that were refused and why."""

from __future__ import annotations

import codecs

from lingqu_connectors.file.folder import Folder
from lingqu_connectors.file.manifest import manifest_name
from lingqu_connectors.file.place import Place

_DONE, _FAILED = "done", "failed"


class Shelves:
    """Two folders beside the files, on the same disk; raises OSError where that fails."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def open(self) -> None:
        """Make what is missing; the folder itself is never made: it may not be mounted."""
        self._folder.open()
        for shelf in (_DONE, _FAILED):
            self._folder.make(shelf)

    def say(self, place: Place) -> None:
        """Write the lines that were refused; again after a crash, the same ones."""
        hidden = f"{_FAILED}/.{place.file}.part"
        self._folder.remove(hidden)
        self._folder.write(hidden, codecs.BOM_UTF8 + place.report().encode())
        self._folder.move(hidden, f"{_FAILED}/{place.file}.errors.txt")

    def put_away(self, name: str, digest: str, *, failed: bool) -> None:
        """Move a file and its manifest; one of the same name that lies there already stays."""
        shelf = _FAILED if failed else _DONE
        free = name if self._folder.stat(f"{shelf}/{name}") is None else f"{digest[:8]}.{name}"
        manifest = manifest_name(name)
        if self._folder.stat(manifest) is not None:
            self._folder.move(manifest, f"{shelf}/{manifest_name(free)}")
        self._folder.move(name, f"{shelf}/{free}")

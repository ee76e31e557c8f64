"""A folder that others read: files appear in it whole, durable and under their final name."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable

from lingqu.errors import FencedError, LingquError
from lingqu_connectors.file.folder import Folder
from lingqu_connectors.file.trouble import explained


class Drop:
    """Puts files into a folder so that no reader, and no crash, ever meets half of one.

    Write under a hidden name, durably, then move: after that the file survives a power cut. Every
    failure is a RetriableError that names the folder and the cure, unless the folder says more.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def open(self, lane: str) -> None:
        """Check that the folder can be written to; remove what an earlier owner left half done."""
        with explained(self._folder.place):
            self._folder.open()
            for name in self._folder.list():
                if name.startswith(f".{lane}") and name.endswith(".part"):
                    self._folder.remove(name)

    def read(self, name: str) -> bytes | None:
        """Return a file of this folder, or None when there is none of that name."""
        with explained(self._folder.place):
            return self._folder.read(name)

    def place(self, name: str, content: bytes, check: Callable[[], None]) -> None:
        """Make the file appear; `check` is called at the last moment and may raise to stop it."""
        hidden = f".{name}.{secrets.token_hex(4)}.part"
        with explained(self._folder.place):
            try:
                self._folder.write(hidden, content)
                check()
                self._appear(hidden, name)
            except BaseException:
                with contextlib.suppress(OSError, LingquError):
                    self._folder.remove(hidden)
                raise

    def close(self) -> None:
        self._folder.close()

    def _appear(self, hidden: str, name: str) -> None:
        try:
            self._folder.move(hidden, name)
        except FileNotFoundError as error:
            self._folder.open()
            raise FencedError(
                f"{hidden} was cleared away from {self._folder.place} while it was written: "
                "a newer owner has taken over"
            ) from error

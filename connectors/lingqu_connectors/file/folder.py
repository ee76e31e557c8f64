"""What the sink and the source ask of a folder, wherever it lies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Shape:
    """By what a change of a file shows, without reading it."""

    size: int
    changed_ns: int
    inode: int = 0


class Folder(ABC):
    """A folder of plain files, named without their path; `a/b` is file b of a folder made in it.

    Whatever fails raises OSError, as calls of the operating system do: FileNotFoundError for a
    missing name. `place` is what a sentence calls the folder. All calls come from one thread.
    """

    place: str

    @abstractmethod
    def open(self) -> None:
        """Check that the folder is there, and may be written to as far as that shows."""

    @abstractmethod
    def list(self) -> Mapping[str, Shape]:
        """Return the files that lie right in it, by name."""

    @abstractmethod
    def stat(self, name: str) -> Shape | None:
        """Return the shape of one file, or None where there is none."""

    @abstractmethod
    def read(self, name: str) -> bytes | None:
        """Return what a small file holds, or None where there is none."""

    @abstractmethod
    def fetch(self, name: str) -> Path:
        """Return where a file can be read from this machine; good until the next call."""

    @abstractmethod
    def write(self, name: str, content: bytes) -> None:
        """Write a new file; return when it survives a power cut, where that can be asked for."""

    @abstractmethod
    def move(self, old: str, new: str) -> None:
        """Give a file another name, in one step and for good; what was there under it goes."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file; one that is missing already is no error."""

    @abstractmethod
    def make(self, name: str) -> None:
        """Make a folder in this one unless it is there."""

    def close(self) -> None:  # noqa: B027 - not every folder holds something
        """Release what `open` has opened; safe to call twice."""

"""A small file system of its own for the partner's folders, which can be full."""

from __future__ import annotations

import errno
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

SIZE_MB = 96


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A mounted tmpfs; the filler is nobody's file and no feed's."""

    folder: Path

    @classmethod
    def mounted(cls, folder: Path) -> SmallDisk | None:
        """Return the disk, or None where this user may not mount one."""
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, check=False)
        return None if done.returncode else cls(folder)

    def begin(self, _what: str) -> None:
        """Leave not a byte free, also of what a feed writes or removes meanwhile."""
        with self._filler.open("wb") as filler:
            size = 0
            while (room := os.statvfs(self.folder)).f_bavail:
                try:
                    os.posix_fallocate(filler.fileno(), size, room.f_bavail * room.f_bsize)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                size = os.fstat(filler.fileno()).st_size

    def end(self) -> None:
        self._filler.unlink(missing_ok=True)

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

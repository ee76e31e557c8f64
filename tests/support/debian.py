"""Programs of Debian that this machine lacks, unpacked in the user's cache without installing."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.support.absent import absent
from tests.support.jars import CACHE, one_at_a_time


def unpacked(package: str) -> Path:
    """Return the root of a package's files, fetched once by apt-get; skip or fail without it."""
    folder = CACHE / package
    with one_at_a_time(package):
        if not folder.exists():
            _fetch(package, folder)
    return folder


def _fetch(package: str, folder: Path) -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        absent(f"{package} is not here, and no apt-get to fetch it; install {package}")
    with tempfile.TemporaryDirectory(dir=CACHE) as made:
        if not _done(["apt-get", "-q", "download", package], made):
            _done(["apt-get", "-q", "update"], made)  # a fresh image has no lists
            if not _done(["apt-get", "-q", "download", package], made):
                absent(f"Debian's package {package} cannot be had; install {package}")
        (archive,) = Path(made).glob("*.deb")
        files = Path(made) / "files"
        subprocess.run(["dpkg", "-x", archive, files], check=True)
        files.replace(folder)


def _done(command: list[str], folder: str) -> bool:
    return subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0

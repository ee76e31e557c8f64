"""Log files of child processes: rotated at start, and their last words."""

from __future__ import annotations

from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024


def rotate(path: Path, max_bytes: int = MAX_BYTES) -> None:
    """Set a log that has grown too long aside as `….log.1`, in place of the one before."""
    try:
        if path.stat().st_size > max_bytes:
            path.replace(path.with_name(f"{path.name}.1"))
    except FileNotFoundError:
        pass


def last_lines(path: Path, count: int = 8, since: int = 0) -> list[str]:
    """Return the last lines written after the place `since`."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(since, size - 16384))
            text = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return [line for line in text.splitlines() if line.strip()][-count:]

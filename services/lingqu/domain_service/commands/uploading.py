"""A file sent to a domain's service, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from lingqu.client import ServiceClient
from lingqu.errors import InputError, NotFoundError, UnavailableError

IMPORTS_PATH = "/v1/imports"
_CHUNK = 1 << 18
_LONGEST_NAME = 200
COUNTS = ("read", "accepted", "repeats", "revisions", "withdrawals")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the service says of a file: its counts and refusals, and where the copy is."""

    file: str
    counts: Mapping[str, int]
    refused: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    returned_copy: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        refused = [{"row": each["row"], "reason": each["reason"]} for each in self.refused]
        notes = {"notes": list(self.notes)} if self.notes else {}
        return {"file": self.file, **self.counts, **notes, "refused": refused}

    @property
    def nothing_read(self) -> bool:
        return bool(self.refused) and self.counts["read"] == len(self.refused)


@dataclass(frozen=True, slots=True)
class Watch:
    """Whom to tell how far it is: bytes sent, then rows taken."""

    sent: Callable[[int], None]
    taken: Callable[[int], None]


def upload(service: ServiceClient, path: Path, query: Mapping[str, str], watch: Watch) -> Outcome:
    """Send a file; raise InputError where it cannot be read, UnavailableError without a hub.

    Sending it again is safe: what was taken then is a repeat.
    """
    with _opened(path) as file:
        size = path.stat().st_size
        if size == 0:
            raise InputError(f"{path} is empty; export or save it again")
        options: dict[str, Any] = {
            "params": {"name": path.name[-_LONGEST_NAME:], **query},
            "content": _pieces(file, watch.sent),
            "headers": {"Content-Type": "application/octet-stream", "Content-Length": str(size)},
        }
        for line in service.lines("POST", IMPORTS_PATH, **options):
            if "error" in line:
                raise _broken_off(path, line)
            if "summary" in line:
                return _outcome(path, line)
            watch.taken(line.get("progress", 0))
    raise UnavailableError(f"{path}: the service stopped before its summary; import the file again")


def fetch_copy(service: ServiceClient, outcome: Outcome, target: Path) -> bool:
    """Write the returned copy, False where there is none."""
    if outcome.returned_copy is None:
        return False
    with target.open("wb") as file:
        for piece in service.content(outcome.returned_copy):
            file.write(piece)
    return True


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}") from error


def _pieces(file: BinaryIO, sent: Callable[[int], None]) -> Iterator[bytes]:
    done = 0
    while piece := file.read(_CHUNK):
        yield piece
        done += len(piece)
        sent(done)


def _broken_off(path: Path, line: Mapping[str, Any]) -> Exception:
    said = f"{path}, after {line.get('progress', 0):,} rows: {line['error']}"
    if line.get("retriable"):
        return UnavailableError(f"{said}; import the file again, what was taken stays")
    return InputError(said)


def _outcome(path: Path, line: Mapping[str, Any]) -> Outcome:
    summary = line["summary"]
    return Outcome(
        str(path),
        {name: summary[name] for name in COUNTS},
        tuple(summary["refused"]),
        tuple(summary.get("notes", ())),
        line.get("returned_copy"),
    )

"""What stands in a folder of files, read as a partner would: only what a manifest names counts."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastavro
from tests.faults.checking.judge import Seen, Verdict
from tests.faults.checking.ledger import Event
from tests.faults.checking.promises import Promise

_SUFFIX = ".manifest.json"


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of one feed."""

    path: Path
    feed: str

    def seen(self, produced: Mapping[str, Event], promise: Promise) -> Iterator[Seen]:
        """Yield each event of the listed files, lane by lane in the order of the manifests."""
        for manifest in self._manifests():
            file = self.path / manifest["file"]
            content = file.read_bytes() if file.exists() else b""
            leaks = promise.leaks(content, manifest["file"].encode())
            rows = _rows(manifest["file"], content)
            for row, problem in zip(rows, _problems(manifest, content, rows), strict=True):
                event = produced.get(row["event_id"])
                wrong = problem or (None if event is None else promise.wrong(event, row))
                yield Seen(row["event_id"], manifest["partition"], row["lq_seq"], wrong, leaks)

    def compare(self, verdict: Verdict) -> None:
        """Blame manifests without their file; only count files without a manifest, of crashes."""
        listed = {manifest["file"] for manifest in self._manifests()}
        names = {path.name for path in self.path.iterdir() if not path.name.endswith(_SUFFIX)}
        verdict.unlisted = len(names - listed)
        for missing in listed - names:
            verdict.blame("wrong", f"a manifest names {missing}, which is not there")

    def _manifests(self) -> Sequence[Mapping[str, Any]]:
        found = [json.loads(path.read_bytes()) for path in self.path.glob(f"*{_SUFFIX}")]
        ours = [manifest for manifest in found if manifest["feed"] == self.feed]
        return sorted(ours, key=lambda each: (each["partition"], each["first_sequence"]))


def _rows(name: str, content: bytes) -> list[dict[str, Any]]:
    if name.endswith(".avro"):
        return [dict(row) for row in fastavro.reader(io.BytesIO(content))]
    return [json.loads(line) for line in content.splitlines()]


def _problems(
    manifest: Mapping[str, Any], content: bytes, rows: Sequence[Mapping[str, Any]]
) -> list[str | None]:
    """Return for each row what its manifest says of it falsely; the first row answers for all."""
    if not rows:
        return []
    numbers = [row["lq_seq"] for row in rows]
    said = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "events": len(rows),
        "first_sequence": numbers[0],
        "last_sequence": numbers[-1],
    }
    false = [name for name, value in said.items() if manifest[name] != value]
    problem = f"manifest of {manifest['file']} is false in {false}" if false else None
    return [problem, *[None] * (len(rows) - 1)]

"""The manifest beside each file: it alone makes the file count as delivered."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from lingqu.clock import CHINA
from lingqu.connect.batch import Batch
from lingqu.connect.periods import Period
from lingqu.errors import PermanentError

_MEMBERS = {"size": "bytes"}
_SAME_RANGE = ("feed", "topic", "partition", "first_sequence", "last_sequence", "events")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one file holds; without any time of day, so that it too can be written again alike."""

    file: str
    feed: str
    topic: str
    partition: int
    first_sequence: int
    last_sequence: int
    events: int
    sha256: str
    size: int
    schema_sha256: str
    period: dict[str, str | int | bool] | None = None

    @property
    def name(self) -> str:
        return manifest_name(self.file)

    def encode(self) -> bytes:
        members = {_MEMBERS.get(name, name): value for name, value in asdict(self).items()}
        if self.period is None:
            del members["period"]
        return json.dumps(members, ensure_ascii=False, indent=2).encode() + b"\n"

    def matches(self, found: bytes) -> bool:
        """Say whether the manifest found under this name promises the same events.

        The digest of the file is left out: a newer Parquet writer may encode the same events in
        other bytes, and what a partner was promised stands. Raises PermanentError for other events.
        """
        wanted = asdict(self)
        there = json.loads(found)
        differing = [name for name in _SAME_RANGE if there.get(name) != wanted[name]]
        if differing:
            raise PermanentError(
                f"{self.name} already promises other events ({', '.join(differing)} differ); "
                "move it away, or give the feed a folder of its own"
            )
        return True


def manifest_for(batch: Batch, file: str, content: bytes) -> Manifest:
    first, last = _range(batch)
    return Manifest(
        file=file,
        feed=batch.feed,
        topic=batch.topic,
        partition=batch.partition,
        first_sequence=first,
        last_sequence=last,
        events=len(batch),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        schema_sha256=hashlib.sha256(batch.schema.encode()).hexdigest(),
        period=_shown(batch.period) if batch.period is not None else None,
    )


def _range(batch: Batch) -> tuple[int, int]:
    """Return the first number and the last; of no events, the next one and the one before it."""
    if len(batch) or batch.period is None:
        return batch.first_sequence, batch.last_sequence
    return batch.period.first_sequence, batch.period.first_sequence - 1


def _shown(period: Period) -> dict[str, str | int | bool]:
    since, until = _in_china(period.since_ms), _in_china(period.until_ms)
    times = {"from": since.isoformat(), "until": until.isoformat()}
    return {**times, "part": period.part, "closes": period.closes}


def _in_china(instant_ms: int) -> datetime:
    return datetime.fromtimestamp(instant_ms // 1_000, CHINA)


def manifest_name(file: str) -> str:
    return f"{file}.manifest.json"


def lane_name(topic: str, feed: str, partition: int) -> str:
    """Return what all file names of a lane begin with; no two lanes share it."""
    return f"{topic}-{feed}-p{partition}-"


def file_name(batch: Batch, extension: str) -> str:
    """Return the one name these events can have: the same range or period, the same name."""
    lane = lane_name(batch.topic, batch.feed, batch.partition)
    if batch.period is not None:
        more = f"-{batch.period.part}" if batch.period.part > 1 else ""
        return f"{lane}{_in_china(batch.period.since_ms):%Y%m%dT%H%M}{more}.{extension}"
    return f"{lane}{batch.first_sequence:012d}-{batch.last_sequence:012d}.{extension}"

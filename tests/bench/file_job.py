"""P6: a feed into files with their manifests, as Parquet and as JSON lines."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
from tests.bench.arrivals import Pace, Samples
from tests.bench.hub import BenchHub
from tests.bench.jobs import Figures, Job
from tests.bench.load import Load
from tests.bench.missed import Missed, looked_into
from tests.bench.process import BenchError
from tests.bench.report import Other

JOB = Job("P6", "files with manifest", "at_least_once", 1.0)
_FORMATS = ("parquet", "jsonl")
_RATE_TARGET = 200_000
_OPTIONS = {"max_events": 50_000, "max_wait_s": 0.2}
_MANIFEST = re.compile(r"-(\d{12})-(\d{12})\.\w+\.manifest\.json$")


@dataclass
class Folder:
    """The files a partner may count on: those that a manifest names."""

    path: Path
    _samples: Samples = field(default_factory=Samples)

    def count(self) -> int:
        found = (_MANIFEST.search(each.name) for each in self.path.iterdir())
        return self._samples.note(sum(int(one[2]) - int(one[1]) + 1 for one in found if one))

    def pace(self, events: int) -> Pace:
        return self._samples.pace(events)


def run(hub: BenchHub, load: Load, home: Path, rounds: int) -> Other:
    """Measure both formats in turn, so many times; of each the middle by rate."""
    measured: dict[str, list[Figures]] = {each: [] for each in _FORMATS}
    for number in range(1, rounds + 1):
        for form, figures in measured.items():
            figures.append(_measure(hub, load, home, form, f"{form}-{number}"))
    middle = {form: _middle(figures) for form, figures in measured.items()}
    worst = min(_FORMATS, key=lambda form: middle[form].rate)
    missed = looked_into(
        middle[worst].rate / _RATE_TARGET,
        hub.source_of(load),
        home / "p6.profile",
        lambda file: _measure(hub, load, home, worst, f"{worst}-profiled", file),
    )
    return Other(JOB.name, _lines(middle, missed), _summary(middle, measured, missed))


def _measure(
    hub: BenchHub, load: Load, home: Path, form: str, name: str, profile: Path | None = None
) -> Figures:
    folder = home / name
    folder.mkdir()
    options = {"folder": str(folder), "format": form, **_OPTIONS}
    _, figures = hub.run(JOB, f"p6-{name}", load, Folder(folder), options, "file-sink", profile)
    _check(folder, form, load)
    shutil.rmtree(folder)
    return figures


def _check(folder: Path, form: str, load: Load) -> None:
    """Raise unless every event is once in files that are what their manifests say."""
    ids: list[str] = []
    for manifest in folder.glob("*.manifest.json"):
        told = json.loads(manifest.read_text("utf-8"))
        content = (folder / told["file"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != told["sha256"]:
            raise BenchError(f"{told['file']} is not what its manifest says")
        ids += _ids(content, form)
    if (len(ids), len(set(ids))) != (load.events, load.events):
        raise BenchError(f"{len(ids)} events, {len(set(ids))} different, of {load.events}")


def _ids(content: bytes, form: str) -> Sequence[str]:
    if form == "jsonl":
        return [orjson.loads(line)["event_id"] for line in content.splitlines()]
    found: list[str] = pq.read_table(io.BytesIO(content), columns=["event_id"])[0].to_pylist()
    return found


def _middle(figures: Sequence[Figures]) -> Figures:
    return sorted(figures, key=lambda each: each.rate)[len(figures) // 2]


def _lines(middle: Mapping[str, Figures], missed: Missed | None) -> str:
    lines = [
        f"{JOB.name}  {JOB.says + ', ' + form:<33}{one.rate:>9,.0f}/s (≥ {_RATE_TARGET:,}), "
        f"CPU-s per million {one.cpu_s_per_million:.2f}, {one.peak_rss_mb:.0f} MB"
        for form, one in middle.items()
    ]
    return "\n".join([*lines, missed.line()] if missed else lines)


def _summary(
    middle: Mapping[str, Figures],
    measured: Mapping[str, Sequence[Figures]],
    missed: Missed | None,
) -> dict[str, Any]:
    return {
        "says": JOB.says,
        "rate_target": _RATE_TARGET,
        **{form: asdict(one) for form, one in middle.items()},
        "rounds": {form: [asdict(one) for one in each] for form, each in measured.items()},
        **(missed.figures() if missed else {}),
    }

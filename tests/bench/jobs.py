"""What is measured, and the targets it is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MASKS: Mapping[str, Any] = {
    "phone": {"mask": "drop"},
    "keeper": {"mask": "keep_first", "n": 1},
    "device": {"mask": "pseudonym"},
}


@dataclass(frozen=True, slots=True)
class Job:
    """One feed from the source cluster to the target cluster; targets are ratios to the peer."""

    name: str
    says: str
    guarantee: Literal["at_least_once", "exactly_once"]
    rate_target: float
    cpu_target: float | None = None
    memory_target: float | None = None
    masks: Mapping[str, Any] = field(default_factory=dict)


JOBS = {
    job.name: job
    for job in (
        Job("P1", "pass-through, at least once", "at_least_once", 1.7, 0.25, 0.25),
        Job("P2", "view of 3 fields, at least once", "at_least_once", 1.4, masks=MASKS),
        Job("P3", "view of 3 fields, exactly once", "exactly_once", 1.15, masks=MASKS),
    )
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run of the hub or of the peer came to."""

    rate: float
    cpu_s_per_million: float
    peak_rss_mb: float
    seconds: float
    events: int

"""A file imported into a service of its own: how fast, at what cost, and whether all is there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.process import BenchError, Measured
from tests.bench.publication import await_published
from tests.bench.service_hub import ServiceHub
from tests.bench.table import Table

from lingqu.client import ServiceClient
from lingqu.domain_service.commands.uploading import Outcome, Watch, upload

RATE_TARGET = 10_000


@dataclass(frozen=True, slots=True)
class ImportFigures:
    """What one import came to."""

    rows: int
    rate: float
    published_after_s: float
    cpu_s_per_million: float
    peak_rss_mb: float

    def line(self, what: str, memory_target_mb: int) -> str:
        """Return the figures beside their targets."""
        return (
            f"{self.rows:,} {what}, PostgreSQL {self.rate:>9,.0f}/s"
            f" (≥ {RATE_TARGET:,}), all published {self.published_after_s:.0f} s after,"
            f" CPU-s per million {self.cpu_s_per_million:.1f},"
            f" {self.peak_rss_mb:.0f} MB (≤ {memory_target_mb})"
        )

    def summary(self) -> dict[str, Any]:
        return {name: round(value, 1) for name, value in asdict(self).items()}


def measure(
    hub: ServiceHub,
    service: Measured,
    topic: str,
    file: Path,
    table: Table,
    query: Mapping[str, str],
) -> ImportFigures:
    """Import the file into the hub's service, and check counts and events before any figure."""
    began = time.perf_counter()
    outcome = _import(hub, file, query)
    seconds = time.perf_counter() - began
    _check(outcome, table)
    waited = await_published(hub, service, topic, table.first + table.revisions)
    cpu_s, peak = service.cpu_s(), service.peak_rss_mb()
    millions = table.rows / 1e6
    return ImportFigures(table.rows, table.rows / seconds, waited, cpu_s / millions, peak)


def _import(hub: ServiceHub, file: Path, query: Mapping[str, str]) -> Outcome:
    watch = Watch(sent=lambda _bytes: None, taken=lambda _rows: None)
    with ServiceClient(hub.service, hub.url(hub.service), timeout_s=600) as client:
        return upload(client, file, query, watch)


def _check(outcome: Outcome, table: Table) -> None:
    wanted = {
        "read": table.rows,
        "accepted": table.first,
        "repeats": table.repeats,
        "revisions": table.revisions,
        "withdrawals": 0,
    }
    if (dict(outcome.counts), len(outcome.refused)) != (wanted, table.wrong):
        refused = [each["reason"] for each in outcome.refused[:1]]
        raise BenchError(
            f"the import came to {dict(outcome.counts)} and {len(outcome.refused)} refused"
            f" instead of {wanted} and {table.wrong}; the first refused: {refused}"
        )

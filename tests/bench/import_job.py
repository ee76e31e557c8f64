"""IMPORT: files of readings through the water service, on PostgreSQL: a back-fill, and live."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench import hourly, verify
from tests.bench.arrivals import Arrivals
from tests.bench.process import BenchError, Measured
from tests.bench.report import Other
from tests.bench.water_hub import ROOT, WaterHub, water_hub

from lingqu.client import ServiceClient
from lingqu.contracts.loader import load_catalogue
from lingqu.domain_service.commands.uploading import Outcome, Watch, upload
from lingqu_water.readings.model import SAMPLE_TOPIC

NAME = "IMPORT"
ROWS = {"backfill": 1_000_000, "live": 200_000}
_RATE_TARGET, _MEMORY_TARGET_MB = 10_000, 400
_PUBLISHED_S = 300


@dataclass(frozen=True, slots=True)
class ImportFigures:
    """What one import came to."""

    rows: int
    rate: float
    published_after_s: float
    cpu_s_per_million: float
    peak_rss_mb: float


def run(home: Path, _rounds: int) -> Other:
    """Import each file once into a new hub: so many rows even out by themselves.

    A million rows are history, which is what the back-fill is for; live ones raise alerts, too.
    """
    measured: dict[str, ImportFigures] = {}
    for mode, rows in ROWS.items():
        file = home / f"{mode}.csv"
        measured[mode] = _measure(home / mode, file, hourly.write(file, rows), mode)
    lines = "\n".join(_line(mode, figures) for mode, figures in measured.items())
    return Other(NAME, lines, _summary(measured))


def _measure(home: Path, file: Path, table: hourly.Table, mode: str) -> ImportFigures:
    with water_hub(home) as hub, hub.serving("registry"), hub.serving("water") as water:
        began = time.perf_counter()
        outcome = _import(hub, file, mode)
        seconds = time.perf_counter() - began
        _check(outcome, table)
        waited = _await_published(hub, table, water)
        cpu_s, peak = water.cpu_s(), water.peak_rss_mb()
    millions = table.rows / 1e6
    return ImportFigures(table.rows, table.rows / seconds, waited, cpu_s / millions, peak)


def _import(hub: WaterHub, file: Path, mode: str) -> Outcome:
    client = ServiceClient("water", hub.url("water"), timeout_s=600)
    query = {"form": "auto", "mode": mode, "collected_on": hourly.COLLECTED_ON.isoformat()}
    watch = Watch(sent=lambda _bytes: None, taken=lambda _rows: None)
    try:
        return upload(client, file, query, watch)
    finally:
        client.close()


def _check(outcome: Outcome, table: hourly.Table) -> None:
    wanted = {
        "read": table.rows,
        "accepted": table.first,
        "repeats": table.repeats,
        "revisions": table.revisions,
        "withdrawals": 0,
    }
    if (dict(outcome.counts), len(outcome.refused)) != (wanted, table.untimed):
        raise BenchError(f"the import came to {dict(outcome.counts)} instead of {wanted}")


def _await_published(hub: WaterHub, table: hourly.Table, water: Measured) -> float:
    """Return for how long the outbox was still published; each event is on the topic once then."""
    contract, major = load_catalogue(ROOT / "schemas").by_topic(SAMPLE_TOPIC)
    events = table.first + table.revisions
    arrivals = Arrivals(hub.kafka, SAMPLE_TOPIC, contract.partitions)
    schema, found = contract.latest(major).schema, verify.Found()
    began = time.perf_counter()

    def all_there() -> bool:
        nonlocal found
        found = verify.read(hub.kafka, SAMPLE_TOPIC, contract.partitions, schema)
        return found.events >= events

    # Each transaction adds a marker to each partition that it wrote to: these are counted, too.
    water.wait("publication", lambda: arrivals.count() >= events, _PUBLISHED_S)
    waited = time.perf_counter() - began
    water.wait("the last events", all_there, _PUBLISHED_S)
    verify.check(SAMPLE_TOPIC, found, events)
    return waited


def _line(mode: str, figures: ImportFigures) -> str:
    return (
        f"{NAME}  {figures.rows:,} readings, {mode:<8}, PostgreSQL {figures.rate:>9,.0f}/s"
        f" (≥ {_RATE_TARGET:,}), all published {figures.published_after_s:.0f} s after,"
        f" CPU-s per million {figures.cpu_s_per_million:.1f},"
        f" {figures.peak_rss_mb:.0f} MB (≤ {_MEMORY_TARGET_MB})"
    )


def _summary(measured: dict[str, ImportFigures]) -> dict[str, Any]:
    return {
        "says": "a file of readings through POST /v1/imports on PostgreSQL",
        **{
            mode: {name: round(value, 1) for name, value in asdict(figures).items()}
            for mode, figures in measured.items()
        },
        "rate_target": _RATE_TARGET,
        "memory_target_mb": _MEMORY_TARGET_MB,
    }

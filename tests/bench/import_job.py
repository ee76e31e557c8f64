"""IMPORT: files of readings through the water service, on PostgreSQL: a back-fill, and live."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench import hourly
from tests.bench.importing import RATE_TARGET, ImportFigures, measure
from tests.bench.report import Other
from tests.bench.service_hub import service_hub
from tests.bench.table import Table

from lingqu_water.readings.model import SAMPLE_TOPIC

NAME = "IMPORT"
ROWS = {"backfill": 1_000_000, "live": 200_000}
_MEMORY_TARGET_MB = 400


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


def _measure(home: Path, file: Path, table: Table, mode: str) -> ImportFigures:
    query = {"form": "auto", "mode": mode, "collected_on": hourly.COLLECTED_ON.isoformat()}
    with (
        service_hub(home, "water") as hub,
        hub.serving("registry"),
        hub.serving("water") as water,
    ):
        return measure(hub, water, SAMPLE_TOPIC, file, table, query)


def _line(mode: str, figures: ImportFigures) -> str:
    return f"{NAME}  {figures.line(f'readings, {mode:<8}', _MEMORY_TARGET_MB)}"


def _summary(measured: dict[str, ImportFigures]) -> dict[str, Any]:
    return {
        "says": "a file of readings through POST /v1/imports on PostgreSQL",
        **{mode: figures.summary() for mode, figures in measured.items()},
        "rate_target": RATE_TARGET,
        "memory_target_mb": _MEMORY_TARGET_MB,
    }

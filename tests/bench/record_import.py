"""The import that every domain's job measures: a file of records, a small share of them dirty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench import importing, records
from tests.bench.importing import RATE_TARGET, ImportFigures
from tests.bench.process import Measured
from tests.bench.service_hub import ServiceHub

ROWS = 200_000
_MEMORY_TARGET_MB = 500


def measure(
    hub: ServiceHub, service: Measured, source: records.Source, topic: str, home: Path
) -> ImportFigures:
    """Write the file and import it live."""
    file = home / f"{topic}.csv"
    table = records.write(file, source, ROWS)
    return importing.measure(hub, service, topic, file, table, {"form": "auto", "mode": "live"})


def line(job: str, what: str, figures: ImportFigures) -> str:
    """Return the figures beside their targets, as a job's line."""
    return f"{job}  {figures.line(what, _MEMORY_TARGET_MB)}"


def summary(says: str, figures: ImportFigures, **more: Any) -> dict[str, Any]:
    """Return the figures and targets as bench.json keeps them, and what else a job measured."""
    return {
        "says": says,
        "import": figures.summary(),
        "rate_target": RATE_TARGET,
        "memory_target_mb": _MEMORY_TARGET_MB,
        **more,
    }

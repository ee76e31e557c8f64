"""The import that every domain's job measures: a file of records, a small share of them dirty."""

from __future__ import annotations

from pathlib import Path

from tests.bench import importing, records
from tests.bench.importing import ImportFigures
from tests.bench.process import Measured
from tests.bench.service_hub import ServiceHub

ROWS = 200_000
MEMORY_TARGET_MB = 500


def measure(
    hub: ServiceHub, service: Measured, source: records.Source, topic: str, home: Path
) -> ImportFigures:
    """Write the file and import it live."""
    file = home / f"{topic}.csv"
    table = records.write(file, source, ROWS)
    return importing.measure(hub, service, topic, file, table, {"form": "auto", "mode": "live"})

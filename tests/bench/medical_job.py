"""MEDICAL: a file of settlements, then all of them cleared, some cancelled and reversed late."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import clearing, record_import, settlements
from tests.bench.clearing import SECONDS_TARGET, ClearingFigures
from tests.bench.importing import ImportFigures
from tests.bench.report import Other
from tests.bench.service_hub import service_hub

NAME = "MEDICAL"


def run(home: Path, _rounds: int) -> Other:
    """Import the file once, and clear what it held."""
    source = settlements.Settlements()
    with (
        service_hub(home / "medical", "medical") as hub,
        hub.serving("registry"),
        hub.serving("medical") as medical,
    ):
        imported = record_import.measure(hub, medical, source, settlements.TOPIC, home)
        cleared = clearing.measure(hub.url("medical"), list(source.settled.values()))
    return Other(NAME, _lines(imported, cleared), _summary(imported, cleared))


def _lines(imported: ImportFigures, cleared: ClearingFigures) -> str:
    return (
        f"{record_import.line(NAME, 'settlements', imported)}\n"
        f"{NAME}  {cleared.settlements:,} settlements and {cleared.reversals:,} reversals cleared"
        f" in {cleared.seconds:.1f} s (≤ {SECONDS_TARGET}), {cleared.statements} statements"
    )


def _summary(imported: ImportFigures, cleared: ClearingFigures) -> dict[str, Any]:
    return record_import.summary(
        "a file of settlements through POST /v1/imports, then all their statements",
        imported,
        clearing=asdict(cleared),
        seconds_target=SECONDS_TARGET,
    )

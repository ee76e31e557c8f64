"""CREDIT: a file of penalties, then restrictions asked with many subjects in the store."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import penalties, record_import, restrictions, subjects
from tests.bench.importing import ImportFigures
from tests.bench.report import Other
from tests.bench.restrictions import P99_TARGET_MS, AnswerFigures
from tests.bench.service_hub import service_hub

NAME = "CREDIT"
SUBJECTS = 1_000_000


def run(home: Path, _rounds: int) -> Other:
    """Import the file once, fill the store, and ask."""
    with (
        service_hub(home / "credit", "credit") as hub,
        hub.serving("registry"),
        hub.serving("credit") as credit,
    ):
        source, url = penalties.Penalties(), hub.url("credit")
        imported = record_import.measure(hub, credit, source, penalties.TOPIC, home)
        subjects.fill(hub.database, url, SUBJECTS)
        answered = restrictions.measure(url, SUBJECTS)
    return Other(NAME, _lines(imported, answered), _summary(imported, answered))


def _lines(imported: ImportFigures, answered: AnswerFigures) -> str:
    return (
        f"{record_import.line(NAME, 'penalties', imported)}\n"
        f"{NAME}  restrictions, {answered.subjects:,} subjects (rows of two stated ones, multiplied"
        f" by SQL), {answered.requests:,} requests: p50 {answered.p50_ms:.1f} ms,"
        f" p99 {answered.p99_ms:.1f} ms (≤ {P99_TARGET_MS})"
    )


def _summary(imported: ImportFigures, answered: AnswerFigures) -> dict[str, Any]:
    return record_import.summary(
        "a file of penalties through POST /v1/imports, then GET …/restrictions",
        imported,
        restrictions=asdict(answered),
        p99_target_ms=P99_TARGET_MS,
    )

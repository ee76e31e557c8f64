"""CUSTOMS: a file of declarations through the customs service, on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from tests.bench import customs_declarations, record_import
from tests.bench.report import Other
from tests.bench.service_hub import service_hub

NAME = "CUSTOMS"


def run(home: Path, _rounds: int) -> Other:
    """Import the file once: so many rows even out by themselves."""
    with (
        service_hub(home / "customs", "customs") as hub,
        hub.serving("registry"),
        hub.serving("customs") as customs,
    ):
        source, topic = customs_declarations.Declarations(), customs_declarations.TOPIC
        figures = record_import.measure(hub, customs, source, topic, home)
    says = "a file of declarations through POST /v1/imports on PostgreSQL"
    line = record_import.line(NAME, "declarations", figures)
    return Other(NAME, line, record_import.summary(says, figures))

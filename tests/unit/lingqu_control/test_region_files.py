"""The region files that are delivered: each can be carried out, and both sides say the same."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.lingqu_control.desks import apply, desk

from lingqu.agreements.region_file import parse_region_file, read_document
from lingqu.contracts.loader import load_catalogue
from lingqu_control.desk import Desk

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "deploy" / "regions").glob("*.yaml"))
VALUES = {
    "DATABASE": "postgresql://lingqu@database/exchange",
    "FOLDER": "/srv/out",
    "REGISTRY": "http://registry",
    "URL": "https://partner/events",
}


def read(path: Path) -> dict[str, Any]:
    """Return the file with a value that every kind of option takes for each variable."""
    names = set(re.findall(r"\$\{(\w+)\}", path.read_text("utf-8"))) - {"NAME"}
    values = {name: VALUES.get(name.rpartition("_")[2], "kafka:9092") for name in names}
    return read_document(path, values)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_region_file_can_be_carried_out_on_its_hub(path: Path, tmp_path: Path) -> None:
    document = read(path)
    assert document["region"] == path.stem
    one = desk(tmp_path, region=path.stem)
    real = Desk(replace(one.hub, catalogue=load_catalogue(ROOT / "schemas")), one.store)

    applied = apply(real, document)

    assert {agreement.state for agreement in applied.agreements} == {"active"}


def test_both_sides_of_an_agreement_hold_the_same_document() -> None:
    seen: dict[str, Any] = {}
    for path in FILES:
        for agreement in parse_region_file(read(path)).agreements:
            assert seen.setdefault(agreement.id, agreement) == agreement, (path, agreement.id)

    assert seen

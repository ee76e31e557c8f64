"""Contracts published as `lingqu contract publish` does it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lingqu.contracts.loader import load_contract
from lingqu.contracts.model import Release
from lingqu.contracts.release import released_text


def release(folder: Path, *numbers: str) -> None:
    """Mark these versions of a contract's folder as published."""
    path = folder / "contract.yaml"
    versions = load_contract(folder, drafts=True).versions
    new = {
        each.number: Release(date(2026, 11, 23), each.digest)
        for each in versions
        if each.number in numbers
    }
    path.write_text(released_text(path.read_text("utf-8"), str(path), new), "utf-8")

"""The returned copy of an imported file, made when somebody asks for it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from lingqu.domain_service.imports.uploads import Slot
from lingqu.sheets.problems import Problem
from lingqu_water.forms import CellRefusal, returned_name, write_returned

Refused = Mapping[int, Sequence[CellRefusal]]


def remember(slot: Slot, refused: Refused) -> None:
    """Keep what was refused beside the uploaded file: most copies are never asked for."""
    kept = {
        str(number): [
            (each.column, each.problem.code, each.problem.reason, each.problem.reason_zh)
            for each in refusals
        ]
        for number, refusals in refused.items()
    }
    slot.refused.write_bytes(orjson.dumps(kept))


def returned_copy(slot: Slot, reference: Path | None = None) -> Path:
    """Return the copy, made at the first time. Raises InputError for a workbook too large."""
    name: str = slot.record()["summary"]["file"]
    with slot.upload.open("rb") as source:
        copy = slot.copies / returned_name(source, name)
        if not copy.exists():
            draft = slot.folder / f"draft-{secrets.token_hex(4)}"
            with draft.open("wb") as target:
                write_returned(source, name, _recalled(slot), target, reference=reference)
            draft.replace(copy)
    return copy


def _recalled(slot: Slot) -> Refused:
    kept = orjson.loads(slot.refused.read_bytes())
    return {
        int(number): [CellRefusal(column, Problem(*problem)) for column, *problem in refusals]
        for number, refusals in kept.items()
    }

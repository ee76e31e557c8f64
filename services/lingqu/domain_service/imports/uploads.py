"""Where uploads and what became of them are kept for a day."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from lingqu.contracts.envelope import uuid7
from lingqu.errors import NotFoundError

KEPT = timedelta(days=1)

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RECORD = "import.json"
_NONE_KEPT = "files are kept for a day, and only tables of which a row was refused"


@dataclass(frozen=True, slots=True)
class Slot:
    """The folder of one import."""

    import_id: str
    folder: Path

    @property
    def upload(self) -> Path:
        return self.folder / "upload"

    @property
    def refused(self) -> Path:
        return self.folder / "refused.json"

    @property
    def copies(self) -> Path:
        return self.folder / "copy"

    def keep(self, record: Mapping[str, Any]) -> None:
        """Note what became of the import."""
        (self.folder / _RECORD).write_bytes(orjson.dumps(record))

    def record(self) -> dict[str, Any]:
        """Return what became of the import."""
        found: dict[str, Any] = orjson.loads((self.folder / _RECORD).read_bytes())
        return found

    def withheld(self) -> str | None:
        """Return why the file does not go back any more; None where nobody withheld it."""
        why: str | None = None
        if (self.folder / _RECORD).exists():
            why = self.record().get("withheld")
        return why


class Uploads:
    """The imports of the last day, newest first by id; a folder each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, now: datetime) -> Slot:
        """Make the place of a new import."""
        slot = self._slot(uuid7(now))
        slot.copies.mkdir(mode=0o700, parents=True)
        return slot

    def drop(self, slot: Slot) -> None:
        """Forget an import of which nothing came."""
        shutil.rmtree(slot.folder, ignore_errors=True)

    def recent(self, limit: int) -> list[dict[str, Any]]:
        """Return what became of the latest imports."""
        found = sorted(self._folder.glob(f"*/{_RECORD}"), reverse=True)
        return [orjson.loads(path.read_bytes()) for path in found[:limit]]

    def refusing(self, import_id: str) -> Slot:
        """Return the slot of an import whose file can go back, or raise NotFoundError."""
        slot = self._slot(import_id)
        known = _ID.fullmatch(import_id) is not None
        if not known or not slot.refused.exists():
            why = (slot.withheld() if known else None) or _NONE_KEPT
            raise NotFoundError(f"there is no returned copy of import {import_id!r}; {why}")
        return slot

    def held(self) -> list[Slot]:
        """Return the imports whose files can go back."""
        every = (Slot(path.name, path) for path in self._folder.glob("*"))
        return [slot for slot in every if slot.refused.exists()]

    def withhold(self, slot: Slot, why: str) -> None:
        """Delete the file, and say why it does not go back; its summary stays."""
        slot.keep({**slot.record(), "returned_copy": None, "withheld": why})
        slot.refused.unlink(missing_ok=True)
        slot.upload.unlink(missing_ok=True)
        shutil.rmtree(slot.copies, ignore_errors=True)

    def forget(self, before: datetime) -> int:
        """Delete imports begun before then, and return how many there were."""
        first_kept = uuid7(before)[:13]
        old = [path for path in self._folder.glob("*") if path.name[:13] < first_kept]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return len(old)

    def _slot(self, import_id: str) -> Slot:
        return Slot(import_id, self._folder / import_id)

"""The folder of a hub: where things are, who runs it, and what its last run left behind."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from lingqu.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class HubHome:
    """All that an embedded hub keeps is under `root`."""

    root: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> HubHome:
        """Return the home that LINGQU_HOME names, `.lingqu` in this folder by default."""
        return cls(Path(environ.get("LINGQU_HOME", ".lingqu")).expanduser().absolute())

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def facts_file(self) -> Path:
        """Return the file that says how to reach the hub; it exists while the hub is up."""
        return self.root / "run" / "hub.json"

    def make(self) -> None:
        """Create the folders; raises ConfigurationError where that is not possible."""
        try:
            for name in ("kafka", "db", "logs", "keys", "run"):
                (self.root / name).mkdir(parents=True, exist_ok=True)
            (self.root / "keys").chmod(0o700)
        except OSError as error:
            raise ConfigurationError(
                f"the hub cannot keep its data in {self.root}: {error.strerror}; set LINGQU_HOME"
            ) from error

    def lock(self) -> TextIO | None:
        """Return the lock of this home, held until it is closed; None when a hub holds it.

        The system lets go of it when its process dies, so a lock is never stale; facts may be.
        """
        handle = (self.root / "run" / "lock").open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            return None
        return handle

    def locked(self) -> bool:
        """Tell whether a hub runs here."""
        if not (self.root / "run").is_dir():
            return False
        handle = self.lock()
        if handle is None:
            return True
        handle.close()
        return False

    def facts(self) -> dict[str, Any] | None:
        """Return what the running hub, or one that ended without stopping, wrote down."""
        try:
            found: dict[str, Any] = json.loads(self.facts_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def write_facts(self, facts: dict[str, Any]) -> None:
        """Replace the facts in one step: a reader sees the old ones or the new."""
        draft = self.facts_file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(self.facts_file)

    def remove_facts(self) -> None:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self.facts_file.unlink()

    @property
    def _region_file(self) -> Path:
        return self.root / "region"

    def region(self) -> str | None:
        """Return the region that this home belongs to, once it was claimed."""
        file = self._region_file
        return file.read_text(encoding="utf-8").strip() if file.exists() else None

    def claim(self, region: str | None) -> str:
        """Return the region of this home: once chosen, its topics and keys carry it for good."""
        known = self.region()
        if known is None:
            chosen = region or DEFAULT_REGION
            if not _is_region(chosen):
                raise ConfigurationError(
                    f"{chosen!r} is no region; give 2, 4 or 6 digits of GB/T 2260 (43 is Hunan), "
                    f"or X- and a name in capitals for a body without one"
                )
            self._region_file.write_text(f"{chosen}\n", encoding="utf-8")
            return chosen
        if region not in (None, known):
            raise ConfigurationError(
                f"{self.root} belongs to region {known}, not {region}; "
                f"give region {region} a home of its own with LINGQU_HOME"
            )
        return known


DEFAULT_REGION = "43"


def _is_region(code: str) -> bool:
    from lingqu.agreements.model import REGION_PATTERN  # noqa: PLC0415 - only for a new home

    return re.fullmatch(REGION_PATTERN, code) is not None

"""What Java has learnt of Kafka's classes, kept: each broker after the first starts sooner.

An ahead-of-time cache (JEP 483, made in one step by JEP 514). Java itself leaves a cache alone that
is not of its own version or of other jars, so that an old one only costs the time it would save.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

# It only ever speaks of time that it could not save.
_SILENT = ("-Xlog:aot*=off", "-Xlog:cds*=off")


class AotCache:
    """The cache of one classpath for one Java, in the folder where the jars are."""

    def __init__(self, folder: Path, java: Path, classpath: str) -> None:
        known_by = hashlib.sha256(f"{java} {classpath}".encode()).hexdigest()[:16]
        self._file = folder / f"kafka-{known_by}.aot"
        self._draft = self._file.with_suffix(f".{os.getpid()}")

    def using(self) -> list[str]:
        """Return the options that use the cache, none where it is not made yet."""
        return [f"-XX:AOTCache={self._file}", *_SILENT] if self._file.exists() else []

    def making(self) -> list[str]:
        """Return the options of a run that Java shall learn from, none where there is a cache."""
        if self._file.exists():
            return []
        return [f"-XX:AOTCacheOutput={self._draft}", *_SILENT]

    def keep(self) -> None:
        """Put in place what such a run has left, if it could: it may lack room or the right."""
        with suppress(OSError):
            self._draft.replace(self._file)

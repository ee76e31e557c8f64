"""Jars that tests and peers need beside the broker's, by the locks next to them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

from lingqu_embedded import jars

CACHE = user_cache_path("lingqu")


def locked_jars(lock: Path) -> list[Path]:
    """Return the jars of a lock, fetched where missing; raises UnavailableError where they fail."""
    wanted = jars.read_lock(lock.read_text("utf-8"))
    with one_at_a_time("jars"):
        mirror = os.environ.get("LINGQU_MAVEN_REPOSITORY")
        return jars.fetched(wanted, CACHE, repository=mirror)


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Let one pytest worker of this machine fetch or build."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

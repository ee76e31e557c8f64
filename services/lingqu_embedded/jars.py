"""The jars of Apache Kafka: fetched once by their Maven coordinates, checked, and remembered."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from lingqu.errors import UnavailableError

ATTEMPTS = 3
PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: an artifact and what its file must be."""

    group: str
    artifact: str
    version: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


class Progress(Protocol):
    """Hears how the download goes."""

    def start(self, count: int, size: int) -> None:
        """So many files and bytes are missing."""
        ...

    def advance(self, name: str, size: int) -> None:
        """One more file is here."""
        ...


class Silent:
    """Tells nobody."""

    def start(self, count: int, size: int) -> None:
        pass

    def advance(self, name: str, size: int) -> None:
        pass


def locked() -> list[Jar]:
    """Return the jars that make a broker."""
    return read_lock((files("lingqu_embedded") / "kafka.lock").read_text(encoding="utf-8"))


def read_lock(text: str) -> list[Jar]:
    """Return the jars of a lock: a line each of `group:artifact:version size sha256`, or a `#`."""
    return [_parse(line) for line in text.splitlines() if not line.startswith("#")]


def classpath(cache: Path, progress: Progress | None = None, repository: str | None = None) -> str:
    """Return the broker's classpath; fetches and raises as `fetched` does."""
    return os.pathsep.join(map(str, fetched(locked(), cache, progress, repository)))


def fetched(
    jars: list[Jar], cache: Path, progress: Progress | None = None, repository: str | None = None
) -> list[Path]:
    """Return the jars' files, fetching only what is missing: with all here, no network is touched.

    Raises UnavailableError when a download fails; what has arrived is kept for the next try.
    """
    folder = cache / "jars"
    missing = [jar for jar in jars if not _complete(folder / jar.name, jar)]
    if missing:
        _fetch_all(missing, folder, progress or Silent(), repository)
    return [folder / jar.name for jar in jars]


def cached(cache: Path) -> tuple[int, int]:
    """Return how many jars are here, and how many there must be."""
    jars = locked()
    return sum(_complete(cache / "jars" / jar.name, jar) for jar in jars), len(jars)


def _parse(line: str) -> Jar:
    coordinates, size, sha256 = line.split()
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, int(size), sha256)


def _complete(path: Path, jar: Jar) -> bool:
    # The sum was checked before the rename, so the size tells whether the file is still whole.
    try:
        return path.stat().st_size == jar.size
    except OSError:
        return False


def _fetch_all(
    missing: list[Jar], folder: Path, progress: Progress, repository: str | None
) -> None:
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - half a second, only when fetching
    from jgo.maven import MavenContext  # noqa: PLC0415

    fetching = folder / f"fetching-{os.getpid()}"
    fetching.mkdir(parents=True, exist_ok=True)
    place = repository or MAVEN_CENTRAL_URL
    context = MavenContext(
        repo_cache=fetching, local_repos=[], remote_repos={"repository": place}, timeout=30
    )
    progress.start(len(missing), sum(jar.size for jar in missing))
    try:
        for jar in missing:
            _fetch(context, jar, folder, place)
            progress.advance(jar.name, jar.size)
    finally:
        shutil.rmtree(fetching, ignore_errors=True)


def _fetch(context: Any, jar: Jar, folder: Path, place: str) -> None:
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _check(artifact.resolve(), jar)
        except (OSError, RuntimeError, AssertionError) as error:
            artifact.cached_path.unlink(missing_ok=True)
            if attempt == ATTEMPTS:
                raise UnavailableError(_sentence(jar, folder, place, error)) from error
            time.sleep(attempt * PAUSE_S)
        else:
            artifact.cached_path.replace(folder / jar.name)
            return


def _check(path: Path, jar: Jar) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != jar.sha256:
        raise OSError(f"its SHA-256 is {found}, not {jar.sha256}")


def _sentence(jar: Jar, folder: Path, place: str, error: Exception) -> str:
    cause = (str(error) or type(error).__name__).splitlines()[0]
    if len(cause) > 120:  # the HTTP client nests its errors: the innermost says it
        cause = cause.rsplit(": ", 1)[-1].rstrip(")'\" ")
    return (
        f"{jar.name} could not be fetched from {place} ({cause}); check the network, or name a "
        f"mirror in LINGQU_MAVEN_REPOSITORY, and run it again: what has arrived stays in {folder}"
    )

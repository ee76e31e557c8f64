"""A whole hub for a test, by `lingqu up` and on ports of its own."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lingqu_embedded.doctor import ports
from lingqu_embedded.home import HubHome
from lingqu_embedded.plan import HubOptions, make_plan
from lingqu_embedded.status import status_of

ROOT = Path(__file__).parents[2]
# A hub's settings, and what make tells the makes below it: `make test` is not the tests' parent.
_NOT_INHERITED = ("LINGQU_", "MAKE", "MFLAGS", "ARGS")
# C1 alone: the broker of a test's hub lives too short for the better compiler to pay.
_JAVA = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1"}
# All ports of a hub, and of a second one beside it, stay below 32768: from there on Linux lends
# ports to outgoing connections, and one of those may hold a hub's port when it starts again.
_OFFSETS = range(1_000, 13_000, 10)


def inherited() -> dict[str, str]:
    """Return the environment that a command typed by somebody else would find."""
    return {k: v for k, v in os.environ.items() if not k.startswith(_NOT_INHERITED)} | _JAVA


@dataclass(frozen=True, slots=True)
class TestHub:
    """A home and a port offset; `lingqu` runs the command there."""

    __test__ = False

    home: Path
    port_offset: int
    schemas: Path = ROOT / "schemas"

    @classmethod
    def on_free_ports(cls, home: Path, schemas: Path = ROOT / "schemas") -> TestHub:
        """Choose an offset where every port of a hub is free."""
        status = status_of(HubHome(home))
        while True:
            offset = random.choice(_OFFSETS)
            plan = make_plan(HubOptions(HubHome(home), "43", {}, port_offset=offset))
            if all(finding.good for finding in ports(plan, status)):
                return cls(home, offset, schemas)

    @property
    def environ(self) -> dict[str, str]:
        return {
            **inherited(),
            "LINGQU_HOME": str(self.home),
            "LINGQU_PORT_OFFSET": str(self.port_offset),
            "LINGQU_SCHEMAS_DIR": str(self.schemas),
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "lingqu_cli", *arguments]

    def up(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Bring the hub up in the background; it ends with pytest, even when that is killed."""
        return self.lingqu("up", "--detach", "--until-exit-of", str(os.getpid()), *arguments)

    def lingqu(self, *arguments: str, timeout_s: float = 180) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environ,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
        )

    def status(self) -> dict[str, Any]:
        """Return what `lingqu status --json` prints, without starting a process."""
        found: dict[str, Any] = json.loads(json.dumps(status_of(HubHome(self.home)).as_dict()))
        return found

    def process(self, name: str) -> dict[str, Any]:
        """Return what the status says about one process."""
        return next(each for each in self.status()["processes"] if each["name"] == name)

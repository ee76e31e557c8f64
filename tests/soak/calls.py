"""One service asked by Schemathesis, with a new seed each time round, until it is enough."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2

_LEAST_A_ROUND = 100


class BrokenPromiseError(Exception):
    """A service broke a promise, or could not be asked; the message says how to see it again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a service was asked, and what each answer was held to."""

    service: str
    calls: int
    first_seed: int
    last_seed: int
    checks: Sequence[str]

    def sentence(self) -> str:
        held_to = ", ".join(self.checks)
        return f"{self.service}: {self.calls:,} calls, each answer held to {held_to}"


def ask(service: str, url: str, calls: int, seed: int, checks: Sequence[str]) -> Asked:
    """Go round all operations until so many calls were answered. Raises BrokenPromiseError."""
    before = done = _answered(url)
    number = seed
    while done < calls:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{url}/openapi.json",
            f"--checks={','.join(checks)}",
            "--phases=examples,coverage,fuzzing",
            f"--seed={number}",
            "--suppress-health-check=filter_too_much,too_slow",  # of its own speed, not of ours
            "--no-color",
        ]
        if subprocess.run(command, check=False).returncode:
            raise BrokenPromiseError(
                f"{service} broke a promise; tests/soak/run.py {service} --seed {number} repeats it"
            )
        before, done, number = done, _answered(url), number + 1
        if done < before + _LEAST_A_ROUND:
            raise BrokenPromiseError(
                f"nearly no call of {service} went through; what does it describe?"
            )
        print(f"soak: {service}: {done:,} of {calls:,} calls, seed {number - 1}", flush=True)
    return Asked(service, done, seed, number - 1, checks)


def _answered(url: str) -> int:
    """Return how many requests the service has answered, by its own count."""
    text = httpx2.get(f"{url}/metrics", timeout=30).text
    counts = re.findall(r"^lingqu_service_requests_total\{.*\} (\S+)$", text, re.MULTILINE)
    return int(sum(map(float, counts)))

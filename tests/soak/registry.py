"""Calls made up from the registry's own description: no error of ours, no undocumented answer."""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import httpx2
from tests.support.served import Served, environment

_CALLS, _LEAST = 10_000, 100
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


def main(arguments: Sequence[str]) -> int:
    """Run Schemathesis until so many calls were made; 1 when one of them broke a promise."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    with tempfile.TemporaryDirectory(prefix="lingqu-soak-") as folder:
        home = Path(folder)
        (home / "contracts").mkdir()
        environ = environment(home, "43", "127.0.0.1:1", home / "contracts")
        served = Served(environ, ("registry",))
        served.start()
        try:
            served.await_ready()
            return _soak(served.url("registry"), options)
        finally:
            served.stop()


def _soak(url: str, options: argparse.Namespace) -> int:
    """Go round all operations with a new seed each time."""
    done, seed = _answered(url), options.seed
    while done < options.calls:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{url}/openapi.json",
            f"--checks={','.join(_CHECKS)}",
            "--phases=examples,coverage,fuzzing",
            f"--seed={seed}",
            "--suppress-health-check=filter_too_much,too_slow",  # of its own speed, not of ours
            "--no-color",
        ]
        if status := subprocess.run(command, check=False).returncode:
            print(f"soak: the registry broke a promise; tests/soak/run.py --seed {seed} repeats it")
            return status
        before, done, seed = done, _answered(url), seed + 1
        if done < before + _LEAST:
            print("soak: nearly no call went through; what does the description hold?")
            return 2
    print(f"soak: {done:,} calls, no error of the registry's own, no undocumented answer")
    return 0


def _answered(url: str) -> int:
    """Return how many requests the registry has answered, by its own count."""
    text = httpx2.get(f"{url}/metrics", timeout=30).text
    counts = re.findall(r"^lingqu_service_requests_total\{.*\} (\S+)$", text, re.MULTILINE)
    return int(sum(map(float, counts)))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=_CALLS, help=f"default {_CALLS:,}")
    parser.add_argument("--seed", type=int, default=1, help="of an earlier run, to repeat it")
    return parser.parse_args(arguments)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

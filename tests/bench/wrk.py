"""The load generator of P8: wrk, the same for the hub's registry and for its peer."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.process import BenchError

NUMBER = "@@"
CURE = "its load generator is wrk, and wrk is not on the path; Debian has a package of that name"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
_KIND = '{["Content-Type"]="application/vnd.schemaregistry.v1+json"}'

_SCRIPT = """\
local calls = {{
{calls}
}}
local ready, number = {{}}, {first}
local function made(call, mark)
  local path, body = call[2]:gsub(mark, number), call[3] and call[3]:gsub(mark, number)
  return wrk.format(call[1], path, body and {kind}, body)
end
function init()
  for place, call in ipairs(calls) do ready[place] = made(call, "{mark}") end
end
function request()
  number = number + 1
  local place = number % #calls + 1
  return {numbered} and made(calls[place], "{mark}") or ready[place]
end
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One request; where its path or body has NUMBER, no two requests are the same."""

    method: str
    path: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """Requests answered a second, the time in which 99 in a hundred were, and what went wrong."""

    rate: float
    p99_ms: float
    failed: int
    requests: int


def is_here() -> bool:
    return shutil.which("wrk") is not None


def measure(
    url: str, calls: Sequence[Call], seconds: int, home: Path, *, connections: int, first: int = 0
) -> Pace:
    """Send the calls in turn over so many connections, each waiting for its answer."""
    if not is_here():
        raise BenchError(CURE)
    script = home / "calls.lua"
    script.write_text(_script(calls, first), "utf-8")
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)]
    done = subprocess.run(["wrk", *options, url], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"wrk ended with {done.returncode}: {done.stderr.strip()}")
    return _read(done.stdout)


def _script(calls: Sequence[Call], first: int) -> str:
    numbered = any(NUMBER in call.path + call.body for call in calls)
    lines = ",\n".join(_lua(call) for call in calls)
    return _SCRIPT.format(
        calls=lines, first=first, kind=_KIND, mark=NUMBER, numbered=str(numbered).lower()
    )


def _lua(call: Call) -> str:
    """Return the call as a table; the escapes of JSON are Lua's too, as long as all is ASCII."""
    parts = [call.method, call.path, *([call.body] if call.body else [])]
    return "  {" + ", ".join(json.dumps(part) for part in parts) + "}"


def _read(text: str) -> Pace:
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", text)
    total = re.search(r"(\d+) requests in", text)
    if rate is None or slow is None or total is None:
        raise BenchError(f"wrk said something else than figures: {text!r}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    failed = [*(refused.groups() if refused else ()), *(broken.groups() if broken else ())]
    return Pace(
        float(rate[1]), float(slow[1]) * _UNITS[slow[2]], sum(map(int, failed)), int(total[1])
    )

"""P8: the registry beside Apicurio, asked by the same load generator in the same run."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import registry_store
from tests.bench.postgres import postgres
from tests.bench.process import BenchError
from tests.bench.registries import PEER, Registry, apicurio, own
from tests.bench.report import Other
from tests.bench.wrk import NUMBER, Call, Pace, measure

NAME = "P8"
_CONNECTIONS, _SUBJECTS = 32, 20
_WARM_S, _MEASURED_S = 6, 6
_MEMORY_TARGET_MB = 150


@dataclass(frozen=True, slots=True)
class Target:
    """What one kind of request is held to; ratios are to the peer in the same run."""

    says: str
    rate: int | None = None
    ratio: float | None = None
    p99_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one registry came to in one round, by kind of request."""

    paces: Mapping[str, Pace]
    cpu_us: Mapping[str, float]
    peak_rss_mb: float


TARGETS = {
    "get": Target("GET by id", 30_000, 5, 10),
    "known": Target("POST versions, known", 5_000, 1.5, 20),
    "fits": Target("POST compatibility", 5_000, 1.5, 20),
    "unseen": Target("POST compatibility, each another"),
}


def run(home: Path, rounds: int) -> Other:
    """Measure both registries in turn, so many times; then what writing and starting take."""
    home = home / "registry"
    home.mkdir()
    measured: list[tuple[Measured, Measured]] = []
    with postgres(home / "postgres") as server:
        for _ in range(rounds):
            with own(home, server.url) as registry:
                ours = _measure(registry, home)
            with apicurio(home) as registry:
                measured.append((ours, _measure(registry, home)))
        stored = registry_store.measure_all(home, server)
    figures = {"peer": PEER, **_summary(measured), "store": asdict(stored)}
    return Other(NAME, "\n".join([*_lines(figures), *stored.lines()]), figures)


def _measure(registry: Registry, home: Path) -> Measured:
    """Ask all there is to warm up, a JVM above all, and then once more to measure."""
    calls = _calls(registry)
    asks = {
        kind: partial(measure, registry.url, wanted, home=home, connections=_CONNECTIONS)
        for kind, wanted in calls.items()
    }
    asked = {kind: ask(seconds=_WARM_S).requests for kind, ask in asks.items()}
    paces, cpu_us = {}, {}
    for kind, ask in asks.items():
        before = registry.process.cpu_s()
        pace = ask(seconds=_MEASURED_S, first=asked[kind])
        if pace.failed:
            raise BenchError(f"{registry.process.name}: {pace.failed} {kind} requests failed")
        paces[kind] = pace
        cpu_us[kind] = (registry.process.cpu_s() - before) / pace.requests * 1e6
    return Measured(paces, cpu_us, registry.process.peak_rss_mb())


def _calls(registry: Registry) -> dict[str, list[Call]]:
    """Register a version in each subject; return the requests of each kind."""
    numbers = range(_SUBJECTS)
    schema_ids = [
        registry.ask("POST", f"/subjects/{_subject(n)}/versions", json.loads(_body(n)))["id"]
        for n in numbers
    ]
    at = registry.prefix
    judged = [f"{at}/compatibility/subjects/{_subject(n)}/versions/latest" for n in numbers]
    return {
        "get": [Call("GET", f"{at}/schemas/ids/{each}") for each in schema_ids],
        "known": [Call("POST", f"{at}/subjects/{_subject(n)}/versions", _body(n)) for n in numbers],
        "fits": [Call("POST", judged[n], _body(n, "later")) for n in numbers],
        "unseen": [Call("POST", judged[n], _body(n, f"later_{NUMBER}")) for n in numbers],
    }


def _subject(number: int) -> str:
    return f"p8-{number}-value"


def _body(number: int, *more: str) -> str:
    """Return a record of ten fields and some more with defaults, ready to be sent."""
    fields: list[dict[str, Any]] = [
        {"name": f"reading_{number}_{place}", "type": "double", "doc": "measured at the station"}
        for place in range(10)
    ]
    fields += [{"name": name, "type": ["null", "string"], "default": None} for name in more]
    schema = {"type": "record", "name": "Reading", "namespace": "cn.lingqu.p8", "fields": fields}
    return json.dumps({"schema": json.dumps(schema)})


def _summary(rounds: Sequence[tuple[Measured, Measured]]) -> dict[str, Any]:
    """Return the medians; a ratio is taken within its round."""
    found: dict[str, Any] = {
        "peak_rss_mb": _median(ours.peak_rss_mb for ours, _ in rounds),
        "peer_peak_rss_mb": _median(peer.peak_rss_mb for _, peer in rounds),
        "peak_rss_mb_target": _MEMORY_TARGET_MB,
    }
    for kind, target in TARGETS.items():
        found[kind] = {
            "says": target.says,
            "rate": _median(ours.paces[kind].rate for ours, _ in rounds),
            "rate_target": target.rate,
            "peer_rate": _median(peer.paces[kind].rate for _, peer in rounds),
            "ratio": _median(
                ours.paces[kind].rate / peer.paces[kind].rate for ours, peer in rounds
            ),
            "ratio_target": target.ratio,
            "p99_ms": _median(ours.paces[kind].p99_ms for ours, _ in rounds),
            "p99_ms_target": target.p99_ms,
            "peer_p99_ms": _median(peer.paces[kind].p99_ms for _, peer in rounds),
            "cpu_us": _median(ours.cpu_us[kind] for ours, _ in rounds),
            "peer_cpu_us": _median(peer.cpu_us[kind] for _, peer in rounds),
        }
    return found


def _lines(figures: Mapping[str, Any]) -> list[str]:
    memory = f"{figures['peak_rss_mb']:,.0f} MB (≤ {_MEMORY_TARGET_MB})"
    peer = f"{figures['peer_peak_rss_mb']:,.0f} MB"
    return [
        *(_line(figures[kind]) for kind in TARGETS),
        f"P8  memory at most {memory}  peer {peer}",
    ]


def _line(one: Mapping[str, Any]) -> str:
    rate = f" (≥ {one['rate_target']:,})" if one["rate_target"] else ""
    ratio = f" (≥ {one['ratio_target']:g})" if one["ratio_target"] else ""
    slow = f" (≤ {one['p99_ms_target']})" if one["p99_ms_target"] else ""
    return (
        f"P8  {one['says']:<33}{one['rate']:>8,.0f}/s{rate:<11} peer {one['peer_rate']:>6,.0f}/s"
        f"  ratio {one['ratio']:.2f}{ratio:<8} p99 {one['p99_ms']:.1f} ms{slow}"
        f" peer {one['peer_p99_ms']:.1f} ms  CPU {one['cpu_us']:.0f} µs, peer"
        f" {one['peer_cpu_us']:.0f} µs a request"
    )


def _median(values: Any) -> float:
    return round(float(statistics.median(values)), 2)

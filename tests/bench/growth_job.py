"""P10: 1, 4, 16 and 64 partners on one topic, sharing three views: what each delivery costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.agreement import in_force
from tests.bench.arrivals import Arrivals
from tests.bench.brokers import remove, two_clusters
from tests.bench.hub import BenchHub, Delivering
from tests.bench.jobs import Job
from tests.bench.load import Load
from tests.bench.report import Other

NAME = "P10"
_PARTNERS, _EVENTS = (1, 4, 16, 64), 100_000
_MOST_GROWTH = 1.05  # two runs of the same differ by as much

# No pseudonyms: theirs are each partner's own, so that no two can share a view.
_VIEWS: Sequence[Mapping[str, Any]] = (
    {"phone": {"mask": "drop"}},
    {"phone": {"mask": "drop"}, "keeper": {"mask": "keep_first", "n": 1}},
    {"phone": {"mask": "keep_last", "n": 2}, "keeper": {"mask": "redact"}},
)


@dataclass(frozen=True, slots=True)
class Grown:
    """So many partners: CPU time of the worker in µs for an event delivered to one of them.

    `views_us` is what all views together took for an event of the topic, decoding included.
    """

    partners: int
    cpu_us: float
    views_us: float


def run(home: Path, rounds: int, events: int | None) -> Other:
    """Measure all sizes in turn, so many times; of each size the middle one."""
    home = home / "p10"
    home.mkdir()
    with two_clusters(home) as clusters:
        hub = BenchHub(home, clusters)
        with hub.registry():
            load = hub.fill(events or _EVENTS)
            measured = [
                [_measure(hub, load, partners, number) for partners in _PARTNERS]
                for number in range(rounds)
            ]
    middle = [
        sorted(sizes, key=lambda each: each.cpu_us)[rounds // 2]
        for sizes in zip(*measured, strict=True)
    ]
    return Other(NAME, _line(middle), _summary(middle, load))


def _measure(hub: BenchHub, load: Load, partners: int, number: int) -> Grown:
    name = f"p10-{number}-{partners}"
    delivering = [
        _agreed(hub, load, f"{name}-{partner}", _VIEWS[partner % len(_VIEWS)])
        for partner in range(partners)
    ]
    cpu_s, views_s = hub.run_together(delivering, load)
    remove(hub.target, lambda topic: f".{name}-" in topic)
    events = load.events / 1e6
    return Grown(partners, cpu_s / (events * partners), views_s / events)


def _agreed(hub: BenchHub, load: Load, feed: str, masks: Mapping[str, Any]) -> Delivering:
    job = Job(NAME, "one of many partners", "at_least_once", 1.0, masks=masks)
    options = hub.options(f"{load.topic}.{feed}")
    state = in_force(job, feed, hub.knows, options)
    return Delivering(state, Arrivals(hub.target, options["topic"], hub.contract.partitions))


def _line(grown: Sequence[Grown]) -> str:
    costs = ", ".join(f"{each.partners}: {each.cpu_us:.2f} µs" for each in grown)
    growth = grown[-1].cpu_us / grown[0].cpu_us
    met = "" if growth <= _MOST_GROWTH else ", missed"
    return (
        f"{NAME} CPU per delivered event by partners{'':>3}{costs}; growth {growth:.2f}"
        f" (≤ {_MOST_GROWTH:g}{met}); views for an event of the topic {_views(grown)}"
    )


def _views(grown: Sequence[Grown]) -> str:
    """Say what all views cost: with 4 partners each of the three is there, and more add none."""
    four, most = grown[1], grown[-1]
    ratio = most.views_us / four.views_us
    missed = ", missed" if ratio > _MOST_GROWTH else ""
    return (
        f"{four.views_us:.2f} µs with {four.partners}, {most.views_us:.2f} µs with"
        f" {most.partners}: {ratio:.1f} times (≤ {_MOST_GROWTH:g}{missed})"
    )


def _summary(grown: Sequence[Grown], load: Load) -> dict[str, Any]:
    return {
        "says": "partners on one topic that share three views",
        "events": load.events,
        "growth": round(grown[-1].cpu_us / grown[0].cpu_us, 3),
        "growth_target": _MOST_GROWTH,
        "partners": {
            str(each.partners): {
                "cpu_us_per_delivered_event": round(each.cpu_us, 3),
                "views_us_per_event": round(each.views_us, 3),
            }
            for each in grown
        },
    }

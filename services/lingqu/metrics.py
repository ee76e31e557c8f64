"""Metrics as typed constants, and the registry of one service that counts them.

Each package declares its own in its `metrics.py` as `Metric` constants; a service makes one
`Metrics` and hands it down. Names are `lingqu_<package>_<what>_<unit>` or `_total`; labels come
from bounded sets (region, topic, feed, reason), never from event ids or keys.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name, kind, meaning and labels."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """What one service counts; served at its `/metrics`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._collectors: dict[str, Counter | Gauge | Histogram] = {}
        self._lock = threading.Lock()

    def declare(self, metrics: Iterable[Metric]) -> None:
        """Show metrics without labels as zero from the start, so that alerts can be tested."""
        for metric in metrics:
            self._collector(metric)

    def inc(self, metric: Metric, amount: float = 1, **labels: str) -> None:
        """Add to a counter."""
        counter = self._collector(metric)
        assert isinstance(counter, Counter), metric.name  # noqa: S101 - a programming error
        (counter.labels(**labels) if metric.labels else counter).inc(amount)

    def set(self, metric: Metric, value: float, **labels: str) -> None:
        """Set a gauge."""
        gauge = self._collector(metric)
        assert isinstance(gauge, Gauge), metric.name  # noqa: S101 - a programming error
        (gauge.labels(**labels) if metric.labels else gauge).set(value)

    def observe(self, metric: Metric, value: float, **labels: str) -> None:
        """Record one observation of a histogram."""
        histogram = self._collector(metric)
        assert isinstance(histogram, Histogram), metric.name  # noqa: S101 - a programming error
        (histogram.labels(**labels) if metric.labels else histogram).observe(value)

    def observe_counted(
        self, metric: Metric, counts: Sequence[int], total: float, **labels: str
    ) -> None:
        """Record many observations of a histogram that were counted before, in bulk.

        `counts` holds how many fell into each of its buckets, last those above all; `total` is the
        sum of all. The client has no such call, so this is what its `observe` does, many at once.
        """
        histogram = self._collector(metric)
        assert isinstance(histogram, Histogram), metric.name  # noqa: S101 - a programming error
        child = histogram.labels(**labels) if metric.labels else histogram
        child._sum.inc(total)  # noqa: SLF001
        for bucket, count in zip(child._buckets, counts, strict=True):  # noqa: SLF001
            if count:
                bucket.inc(count)

    def watch(self, metric: Metric, ask: Callable[[], float], **labels: str) -> None:
        """Let a gauge ask for its value whenever it is read; `ask` must neither block nor raise."""
        gauge = self._collector(metric)
        assert isinstance(gauge, Gauge), metric.name  # noqa: S101 - a programming error
        (gauge.labels(**labels) if metric.labels else gauge).set_function(ask)

    def value(self, metric: Metric, **labels: str) -> float:
        """Return what a counter or gauge shows now (0 before its first use)."""
        return self.registry.get_sample_value(metric.name, labels) or 0.0

    def exposition(self) -> bytes:
        """Return the Prometheus text format, version 0.0.4."""
        return generate_latest(self.registry)

    def _collector(self, metric: Metric) -> Counter | Gauge | Histogram:
        found = self._collectors.get(metric.name)
        if found is not None:
            return found
        with self._lock:  # two threads may count something for the first time at once
            if metric.name not in self._collectors:
                self._collectors[metric.name] = self._create(metric)
            return self._collectors[metric.name]

    def _create(self, metric: Metric) -> Counter | Gauge | Histogram:
        match metric.kind:
            case "counter":
                return Counter(metric.name, metric.meaning, metric.labels, registry=self.registry)
            case "gauge":
                return Gauge(metric.name, metric.meaning, metric.labels, registry=self.registry)
            case "histogram":
                return Histogram(
                    metric.name,
                    metric.meaning,
                    metric.labels,
                    buckets=metric.buckets,
                    registry=self.registry,
                )

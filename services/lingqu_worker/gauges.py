"""What a worker shows of its feeds and partners at the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from lingqu_worker.lane_thread import LaneStatus, State
from lingqu_worker.metrics import (
    AGREEMENTS_FRESH,
    BREAKER,
    CLOCK_SKEW,
    LAG,
    LAG_SECONDS,
    LANES,
    OLDEST_PARKED,
    OPEN_PRODUCERS,
    PARKED,
    PARKED_KEYS,
    RETENTION_USED,
    RETRIES,
)
from lingqu_worker.resources import Resources
from lingqu_worker.runner import Runner

_OPENNESS = {"closed": 0.0, "half_open": 0.5, "open": 1.0}


class Gauges:
    """Sets the gauges of the lanes that this worker has; those of all workers add up to a feed.

    A feed that ends here is shown as nothing. Orders run beside their feeds and are not shown.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._metrics = resources.metrics
        self._shown: set[str] = set()
        self._parked: set[str] = set()

    def show(self, running: Mapping[str, Runner]) -> None:
        """Show what runs, by feed id."""
        self._metrics.set(AGREEMENTS_FRESH, float(self._resources.table.fresh()))
        self._metrics.set(OPEN_PRODUCERS, self._resources.producers.count)
        self._metrics.set(CLOCK_SKEW, self._resources.skew.alarm())
        feeds = {name for name, runner in running.items() if not runner.state.orders}
        for feed in feeds - self._shown:
            self._metrics.inc(RETRIES, 0, feed=feed)  # so that the first one is an increase
        for feed in self._shown.union(feeds):
            runner = running.get(feed)
            statuses = runner.inlet.statuses() if runner is not None else []
            self._show_lanes(feed, statuses)
            self._show_lag(feed, runner)
            self._show_parked(feed, statuses)
        self._shown = feeds
        for connector, breaker in self._resources.breakers.statuses():
            shown = {"partner": breaker.partner, "connector": connector}
            self._metrics.set(BREAKER, _OPENNESS[breaker.state], **shown)

    def _show_lanes(self, feed: str, statuses: Sequence[LaneStatus]) -> None:
        states = [status.state for status in statuses]
        for state in get_args(State):
            self._metrics.set(LANES, states.count(state), feed=feed, state=state)

    def _show_lag(self, feed: str, runner: Runner | None) -> None:
        self._metrics.set(LAG, runner.inlet.lag if runner is not None else 0, feed=feed)
        age_s = self._age_s(runner.inlet.oldest_ms if runner is not None else None)
        self._metrics.set(LAG_SECONDS, age_s, feed=feed)
        kept_ms = runner.source.retention_ms if runner is not None and runner.source else None
        used = age_s * 1000 / kept_ms if kept_ms is not None else 0.0
        self._metrics.set(RETENTION_USED, used, feed=feed)

    def _show_parked(self, feed: str, statuses: Sequence[LaneStatus]) -> None:
        parked = [status.parked for status in statuses if status.parked is not None]
        if not parked and feed not in self._parked:
            return
        self._parked.add(feed)
        oldest_ms = min((each.oldest_ms for each in parked if each.oldest_ms), default=None)
        self._metrics.set(PARKED, sum(each.events for each in parked), feed=feed)
        self._metrics.set(PARKED_KEYS, sum(each.keys for each in parked), feed=feed)
        self._metrics.set(OLDEST_PARKED, self._age_s(oldest_ms), feed=feed)

    def _age_s(self, since_ms: int | None) -> float:
        if since_ms is None:
            return 0.0
        return max(0.0, self._resources.clock.now().timestamp() - since_ms / 1000)

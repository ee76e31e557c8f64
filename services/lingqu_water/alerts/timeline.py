"""From the readings of a section to its episodes: a function of the set, whatever came first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from lingqu_water.alerts.episode import Episode, Seen
from lingqu_water.alerts.watch import Watch
from lingqu_water.alerts.yardstick import Regime
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.judge import day_of

RegimeOn = Callable[[date], Regime | None]

_DOUBTFUL = "读数存疑"


@dataclass(frozen=True, slots=True)
class Since:
    """From when on readings are judged: a moment, earlier for some items."""

    at_ms: int
    earlier: Mapping[str, int] = field(default_factory=dict)

    def of(self, item_code: str) -> int:
        return self.earlier.get(item_code, self.at_ms)

    @property
    def first_ms(self) -> int:
        return min([self.at_ms, *self.earlier.values()])


EVER = Since(0)


def counts(reading: StoredReading, methods: Iterable[str]) -> bool:
    """Tell whether the reading may have a say in alerts: not what was filled in afterwards."""
    return (
        reading.mode == "live"
        and not reading.withdrawn
        and reading.validity != "invalid"
        and reading.method in methods
    )


def episodes(
    readings: Iterable[StoredReading],
    regime_on: RegimeOn,
    silence_ms: int,
    *,
    since: Since = EVER,
) -> list[Episode]:
    """Return the episodes of one section's readings, by their starts and then by item.

    What was sampled before `since` is context only: no episode of the item may have been open
    then, and the readings must reach back at least `silence_ms` before it.
    """
    timeline = _Timeline(regime_on, silence_ms, since)
    for reading in sorted(readings, key=attrgetter("sampled_at_ms", "method")):
        timeline.take(reading)
    found = [episode for watch in timeline.watches.values() for episode in watch.episodes()]
    return sorted(found, key=attrgetter("started_at_ms", "item_code"))


class _Timeline:
    def __init__(self, regime_on: RegimeOn, silence_ms: int, since: Since) -> None:
        self.watches: dict[str, Watch] = {}
        self._regime_on = regime_on
        self._silence_ms = silence_ms
        self._since = since

    def take(self, reading: StoredReading) -> None:
        regime = self._regime_on(day_of(reading.sampled_at_ms))
        if regime is None or not counts(reading, regime.scale.methods):
            return
        if reading.station_status in regime.scale.out_of_service:
            for code in regime.yardsticks:
                self._watch(code, reading).outage(reading.sampled_at_ms, regime.scale)
        else:
            self._see(reading, regime)

    def _see(self, reading: StoredReading, regime: Regime) -> None:
        doubt = None if reading.validity == "valid" else reading.validity_reason or _DOUBTFUL
        for item in reading.items:
            yardstick = regime.yardsticks.get(item.code)
            value = yardstick.value(item) if yardstick else None
            if yardstick is None or value is None:
                continue
            seen = Seen(
                reading.sampled_at_ms,
                value,
                yardstick.multiple(value),
                reading.data_level,
                reading.event_id,
                doubt,
            )
            judge = reading.sampled_at_ms >= self._since.of(item.code)
            self._watch(item.code, reading).see(seen, yardstick, regime, judge=judge)

    def _watch(self, code: str, reading: StoredReading) -> Watch:
        found = self.watches.get(code)
        if found is None:
            found = self.watches[code] = Watch(reading.section_code, self._silence_ms)
        return found

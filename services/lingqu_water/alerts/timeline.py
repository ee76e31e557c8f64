"""From the readings of a section to its episodes: a function of the set, whatever came first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from lingqu_water.alerts.episode import Episode, Seen
from lingqu_water.alerts.open_episode import OpenEpisode
from lingqu_water.alerts.watch import Watch
from lingqu_water.alerts.yardstick import Regime
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.judge import day_of

RegimeOn = Callable[[date], Regime | None]

_DOUBTFUL = "读数存疑"


@dataclass(frozen=True, slots=True)
class Since:
    """From when on readings are judged: a moment, earlier for some items.

    `going_on` are the courses of the episodes that were open then, by item; of all other items
    none was.
    """

    at_ms: int
    earlier: Mapping[str, int] = field(default_factory=dict)
    going_on: Mapping[str, str] = field(default_factory=dict)

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

    What was sampled before `since` is context only: the readings must reach back at least
    `silence_ms` before it.
    """
    timeline = _Timeline(regime_on, since)
    for reading in sorted(readings, key=attrgetter("sampled_at_ms", "method")):
        timeline.take(reading)
    found = [episode for each in timeline.watches(silence_ms) for episode in each.episodes()]
    return sorted(found, key=attrgetter("started_at_ms", "item_code"))


@dataclass(slots=True)
class _Course:
    """What was measured of one item, and when it was not, by time."""

    steps: list[tuple[StoredReading, Regime, float | None]] = field(default_factory=list)
    concerns: bool = False


class _Timeline:
    """Sorts the readings by item: most items are never bad enough for a rule to look at them."""

    def __init__(self, regime_on: RegimeOn, since: Since) -> None:
        self._courses: dict[str, _Course] = defaultdict(_Course)
        self._regime_on = regime_on
        self._since = since

    def take(self, reading: StoredReading) -> None:
        regime = self._regime_on(day_of(reading.sampled_at_ms))
        if regime is None or not counts(reading, regime.scale.methods):
            return
        if reading.station_status in regime.scale.out_of_service:
            for code in regime.yardsticks:
                self._courses[code].steps.append((reading, regime, None))
        else:
            self._measure(reading, regime)

    def watches(self, silence_ms: int) -> Iterator[Watch]:
        """Follow the items that concern a rule or went on, and return what was seen of each."""
        since = self._since
        for code in dict.fromkeys((*since.going_on, *self._courses)):
            course = self._courses[code]
            text = since.going_on.get(code)
            if course.concerns or text is not None:
                watch = Watch(silence_ms, OpenEpisode.load(text) if text else None)
                _follow(watch, code, course, since.of(code))
                yield watch

    def _measure(self, reading: StoredReading, regime: Regime) -> None:
        for item in reading.items:
            yardstick = regime.yardsticks.get(item.code)
            value = yardstick.value(item) if yardstick else None
            if yardstick is None or value is None:
                continue
            course = self._courses[item.code]
            course.steps.append((reading, regime, value))
            if not course.concerns and yardstick.multiple(value) > yardstick.calm:
                course.concerns = reading.sampled_at_ms >= self._since.of(item.code)


def _follow(watch: Watch, code: str, course: _Course, since_ms: int) -> None:
    for reading, regime, value in course.steps:
        judge = reading.sampled_at_ms >= since_ms
        if value is None:
            watch.outage(reading.sampled_at_ms, regime.scale, judge=judge)
            continue
        yardstick = regime.yardsticks[code]
        seen = Seen(
            reading.sampled_at_ms,
            value,
            yardstick.multiple(value),
            reading.data_level,
            reading.event_id,
            None if reading.validity == "valid" else reading.validity_reason or _DOUBTFUL,
        )
        watch.see(seen, yardstick, regime, judge=judge)

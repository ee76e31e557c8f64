"""Alerts kept up with the readings that stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.outbox.events import Events
from lingqu_water.alerts.anew import Anew
from lingqu_water.alerts.model import Alert
from lingqu_water.alerts.renewal import Renewals
from lingqu_water.alerts.store import horizons, move_horizons, own_alerts
from lingqu_water.alerts.telling import News, tell
from lingqu_water.alerts.timeline import counts
from lingqu_water.alerts.window import newest, window
from lingqu_water.alerts.yardstick import Regimes
from lingqu_water.readings.follow import Change, StoredReading
from lingqu_water.readings.judge import day_of
from lingqu_water.sections.model import Section

SectionOf = Callable[[str], Section]


@dataclass(frozen=True, slots=True)
class _Moved:
    """The readings of one section that changed, as they were and as they are."""

    section: Section
    readings: Sequence[StoredReading]
    horizon_ms: int
    apart: bool

    @property
    def is_newest(self) -> bool:
        """Tell whether nothing that alerts may look at is as new: these are all that there is."""
        return self.first_ms > self.horizon_ms and not self.apart

    @property
    def first_ms(self) -> int:
        return min(reading.sampled_at_ms for reading in self.readings)

    @property
    def last_ms(self) -> int:
        return max(reading.sampled_at_ms for reading in self.readings)


class AlertFollower:
    """Judges anew what changed readings can concern, and tells the differences, each once.

    Alerts are a function of the readings that stand and of what people did: nothing is told where
    that function gives what was told before. What was filled in afterwards has no say.
    """

    def __init__(
        self,
        events: Events,
        regimes: Regimes,
        section_of: SectionOf,
        renewals: Renewals,
        clock: Clock,
    ) -> None:
        self._events = events
        self._regimes = regimes
        self._section_of = section_of
        self._renewals = renewals
        self._clock = clock

    def follow(self, session: Session, changes: Sequence[Change]) -> None:
        moved = self._moved(session, changes)
        if not moved:
            return
        now_ms = int(self._clock.now().timestamp() * 1000)
        known = _by_section(session, moved)
        news: list[News] = []
        for each in moved:
            alerts = known[each.section.code]
            if alerts or not self._is_calm(each):
                news += self._news(session, each, alerts, now_ms)
        tell(session, self._events, news, now_ms)
        move_horizons(
            session, [(each.section.code, max(each.last_ms, each.horizon_ms)) for each in moved]
        )

    def judge_anew(self, session: Session, section: Section) -> int:
        """Judge by the limits that now apply what is going on; return how much was told of it.

        What was over long before stays as it was told then. The section is locked.
        """
        (horizon_ms,) = horizons(session, [section.code]).values() or (0,)
        silence_ms = self._regimes.scales.silence_ms
        first_ms = horizon_ms - silence_ms
        known = own_alerts(session, [section.code], first_ms)
        within = window(first_ms, horizon_ms, known, silence_ms, horizon_ms)
        now_ms = int(self._clock.now().timestamp() * 1000)
        anew = Anew(session, self._regimes, self._renewals.at(now_ms), section)
        return len(tell(session, self._events, list(anew.news(within, known)), now_ms))

    def _moved(self, session: Session, changes: Sequence[Change]) -> list[_Moved]:
        """Return the changes that alerts may look at, by section."""
        readings: dict[str, list[StoredReading]] = defaultdict(list)
        apart: set[str] = set()
        for change in changes:
            told = [reading for reading in (change.before, change.after) if reading is not None]
            counting = any(counts(reading, self._regimes.scales.methods) for reading in told)
            if change.live and (counting or change.apart):
                readings[change.after.section_code] += told
                apart |= {change.after.section_code} if change.apart else set()
        known = horizons(session, list(readings)) if readings else {}
        return [
            _Moved(self._section_of(code), each, known.get(code, 0), code in apart)
            for code, each in sorted(readings.items())
        ]

    def _is_calm(self, moved: _Moved) -> bool:
        """Tell whether nothing can come of it: not watched, or the newest and near no limit."""
        if moved.apart:
            return False
        watched = [
            (reading, regime)
            for reading in moved.readings
            if (regime := self._regimes.on(day_of(reading.sampled_at_ms), moved.section))
        ]
        if watched and not moved.is_newest:
            return False
        return not any(regime.concerns(reading.items) for reading, regime in watched)

    def _news(
        self, session: Session, moved: _Moved, known: Sequence[Alert], now_ms: int
    ) -> list[News]:
        renewal = self._renewals.at(now_ms)
        within = newest(moved.first_ms, known) if moved.is_newest else None
        if within is not None:
            anew = Anew(session, self._regimes, renewal, moved.section, moved.readings)
            return list(anew.news(within, known))
        silence_ms = self._regimes.scales.silence_ms
        within = window(moved.first_ms, moved.last_ms, known, silence_ms, moved.horizon_ms)
        return list(Anew(session, self._regimes, renewal, moved.section).news(within, known))


def _by_section(session: Session, moved: Sequence[_Moved]) -> dict[str, list[Alert]]:
    """Return our alerts that were not over before a section's first changed reading."""
    found: dict[str, list[Alert]] = {each.section.code: [] for each in moved}
    first = {each.section.code: each.first_ms for each in moved}
    for alert in own_alerts(session, list(found), min(first.values())):
        if alert.ended_at_ms is None or alert.ended_at_ms >= first[alert.section_code]:
            found[alert.section_code].append(alert)
    return found

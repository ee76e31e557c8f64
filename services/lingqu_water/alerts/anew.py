"""A section's alerts judged anew, and what that changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from lingqu_water.alerts.acts import Act
from lingqu_water.alerts.episode import Episode
from lingqu_water.alerts.model import Alert
from lingqu_water.alerts.renewal import Renewal, news_of, withdrawn
from lingqu_water.alerts.store import acts_of, alerts_of, write_alerts
from lingqu_water.alerts.telling import News
from lingqu_water.alerts.timeline import episodes
from lingqu_water.alerts.window import FOREVER_MS, Window
from lingqu_water.alerts.yardstick import Regimes
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.store import ReadingStore
from lingqu_water.sections.model import Section


class Anew:
    """Judges one locked section in a transaction; what only others need not know is written.

    `newest` are its readings from some moment on, where they are at hand and need no look-up.
    """

    def __init__(
        self,
        session: Session,
        regimes: Regimes,
        renewal: Renewal,
        section: Section,
        newest: Sequence[StoredReading] = (),
    ) -> None:
        self._session = session
        self._regimes = regimes
        self._renewal = renewal
        self._section = section
        self._newest = newest
        self._readings = ReadingStore()

    def news(self, within: Window, known: Sequence[Alert]) -> Iterator[News]:
        """Return what is to be told; `known` are all our alerts that the window may concern."""
        found = self._episodes(within)
        if not within.settled(known, found):
            within = Window(within.since, FOREVER_MS)
            found = self._episodes(within)
        standing = {alert.alert_id: alert for alert in known if within.concerns(alert)}
        made = {
            self._renewal.alert_id(self._section.code, each.item_code, each.started_at_ms): each
            for each in found
        }
        yield from self._differences(made, standing)
        for alert_id in standing.keys() - made.keys():
            yield withdrawn(standing[alert_id])

    def _differences(self, made: dict[str, Episode], standing: dict[str, Alert]) -> Iterator[News]:
        if not made:
            return
        told = standing | alerts_of(self._session, made.keys() - standing.keys())
        quiet: list[Alert] = []
        acts = acts_of(self._session, self._section.code)
        for alert_id, episode in made.items():
            before = told.get(alert_id)
            about = acts_about(acts, episode.item_code, episode.started_at_ms, episode.ended_at_ms)
            after = self._renewal.alert(self._section, episode, about, before)
            news = news_of(before, after)
            if news is not None:
                yield news
            elif after != before:
                quiet.append(after)
        write_alerts(self._session, quiet)

    def _episodes(self, within: Window) -> list[Episode]:
        section, silence_ms = self._section, self._regimes.scales.silence_ms
        until_ms = min((each.sampled_at_ms for each in self._newest), default=within.until_ms)
        before = self._readings.live_between(
            self._session,
            section.code,
            within.since.first_ms - silence_ms,
            until_ms,
            methods=self._regimes.scales.methods,
        )
        return episodes(
            [*before, *self._newest],
            lambda day: self._regimes.on(day, section),
            silence_ms,
            since=within.since,
        )


def acts_about(
    acts: Sequence[tuple[str, Act]], item_code: str, started_at_ms: int, ended_at_ms: int | None
) -> list[Act]:
    """Return the acts on the alert that covers the moment at which they found it to start."""
    until = FOREVER_MS if ended_at_ms is None else ended_at_ms
    return [
        act for code, act in acts if code == item_code and started_at_ms <= act.anchor_ms <= until
    ]

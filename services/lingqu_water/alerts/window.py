"""The stretch of a section's readings that a change of some of them can concern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lingqu_water.alerts.episode import Episode
from lingqu_water.alerts.model import Alert
from lingqu_water.alerts.timeline import Since

FOREVER_MS = 1 << 62


@dataclass(frozen=True, slots=True)
class Window:
    """From when on readings are judged anew, and until when they can have been concerned."""

    since: Since
    until_ms: int

    def concerns(self, alert: Alert) -> bool:
        """Tell whether the alert may be another one now."""
        ended = FOREVER_MS if alert.ended_at_ms is None else alert.ended_at_ms
        return ended >= self.since.of(alert.item_code) and alert.started_at_ms < self.until_ms

    def settled(self, standing: Sequence[Alert], found: Sequence[Episode]) -> bool:
        """Tell whether no alert reaches over its end, neither one that stands nor one found."""
        if self.until_ms >= FOREVER_MS:
            return True
        reaching = [
            alert
            for alert in standing
            if alert.started_at_ms < self.until_ms
            and (alert.ended_at_ms is None or alert.ended_at_ms >= self.until_ms)
        ]
        return not reaching and all(each.ended_at_ms is not None for each in found)


def newest(first_ms: int, standing: Sequence[Alert]) -> Window | None:
    """Return the window of readings newer than all others: they go on from where alerts are.

    None where an alert does not know how it goes on.
    """
    going_on = {alert.item_code: alert.course for alert in standing if alert.course is not None}
    if len(going_on) < len(standing):
        return None
    return Window(Since(first_ms, going_on=going_on), FOREVER_MS)


def window(
    first_ms: int, last_ms: int, standing: Sequence[Alert], silence_ms: int, horizon_ms: int
) -> Window:
    """Return the window of a change of readings between two moments.

    An item whose alert covers the first of them is judged from the start of that alert on. Nothing
    is newer than the horizon: up to there a change can reach one silence beyond itself.
    """
    earlier = {
        alert.item_code: alert.started_at_ms
        for alert in standing
        if alert.started_at_ms < first_ms
        and (alert.ended_at_ms is None or alert.ended_at_ms >= first_ms)
    }
    until_ms = FOREVER_MS if last_ms >= horizon_ms else last_ms + silence_ms + 1
    return Window(Since(first_ms, earlier), until_ms)

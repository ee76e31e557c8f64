"""The values just before: what counts as in a row, and what a jump is measured against."""

from __future__ import annotations

from collections import deque
from itertools import takewhile
from statistics import median

from lingqu_water.alerts.episode import Seen
from lingqu_water.alerts.scale import MOST_READINGS, Baseline, Rule

_HOUR_MS = 3_600_000


class Recent:
    """The last values of one item, newest last; older ones than `silence_ms` do not count."""

    def __init__(self, silence_ms: int) -> None:
        self._silence_ms = silence_ms
        self._seen: deque[Seen] = deque(maxlen=MOST_READINGS + 1)

    @property
    def last_ms(self) -> int | None:
        return self._seen[-1].at_ms if self._seen else None

    def add(self, seen: Seen) -> None:
        self._seen.append(seen)

    def row(self, beyond: float) -> list[Seen]:
        """Return the values in a row, up to the last, that are beyond the multiple."""
        if not self._seen:
            return []
        since = self._seen[-1].at_ms - self._silence_ms
        found = takewhile(
            lambda seen: seen.multiple > beyond and seen.at_ms >= since, reversed(self._seen)
        )
        return list(found)[::-1]

    def holds(self, rule: Rule, baseline: Seen | None) -> bool:
        """Tell whether the rule holds at the last value."""
        last = self._seen[-1].multiple
        if last <= rule.beyond or len(self.row(rule.beyond)) < rule.in_a_row:
            return False
        if rule.jump is None:
            return True
        return baseline is not None and last >= rule.jump * baseline.multiple

    def baseline(self, rule: Baseline) -> Seen | None:
        """Return the median of the values before the last, None where they are too few."""
        last = self._seen[-1]
        since = last.at_ms - rule.hours * _HOUR_MS
        near = [seen for seen in self._seen if since <= seen.at_ms < last.at_ms][-rule.readings :]
        if len(near) < rule.at_least:
            return None
        value, multiple = median(s.value for s in near), median(s.multiple for s in near)
        return Seen(last.at_ms, value, multiple, last.data_level, "")

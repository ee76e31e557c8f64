"""When simulated things happen: as often as in nature, or as fast as was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lingqu.simulation import Scene
from lingqu_water.simulation.events import Moment

# The national network publishes at 0, 4, 8 … o'clock, in China as in UTC.
ROUND = timedelta(hours=4)
ROUND_H = ROUND / timedelta(hours=1)
_TOLD_AFTER = timedelta(minutes=10)
_APART = timedelta(milliseconds=5)


class Pace:
    """The clock of one scene, event by event."""

    def __init__(self, scene: Scene) -> None:
        self._start = _round_before(scene.start)
        self._live_from = scene.start
        self._rate = scene.rate
        self._number = -1
        self._told = 0

    def begin(self, number: int) -> datetime:
        """Begin a round; return when the water is as it is then, whatever the pace."""
        if not self._rate:
            self._told = 0
        self._number = number
        return self._start + number * ROUND

    def next(self) -> datetime:
        """Return when the next event of the round is told."""
        self._told += 1
        if self._rate:
            return self._live_from + timedelta(seconds=self._told / self._rate)
        return self._start + self._number * ROUND + _TOLD_AFTER + self._told * _APART

    def reading(self) -> Moment:
        """Return the times of the round's next reading."""
        told = self.next()
        return Moment(told if self._rate else self._start + self._number * ROUND, told)


def _round_before(moment: datetime) -> datetime:
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % int(ROUND.total_seconds()), UTC)

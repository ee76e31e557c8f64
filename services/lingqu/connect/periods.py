"""Batch delivery: when a period ends, by China's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from lingqu.clock import CHINA

Every = Literal["hour", "day", "month"]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, from `since_ms` up to `until_ms` (milliseconds, UTC), and a file of it.

    `part` counts the files of the period from 1, `closes` says that this one is the last;
    `first_sequence` is the number that comes next in the lane, also where the file is empty.
    """

    since_ms: int
    until_ms: int
    part: int
    closes: bool
    first_sequence: int


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods without gaps, each ending at the cut-off: of an hour only the minute counts."""

    every: Every
    cut_off: time = time(0, 0)

    def begun_by(self, instant_ms: int) -> int:
        """Return the last cut at or before that instant."""
        moment = datetime.fromtimestamp(instant_ms // 1_000, CHINA)
        cut = moment.replace(minute=self.cut_off.minute, second=0)
        if self.every != "hour":
            cut = cut.replace(hour=self.cut_off.hour)
        if self.every == "month":
            cut = cut.replace(day=1)
        return _ms(cut if cut <= moment else self._before(cut))

    def end_after(self, instant_ms: int) -> int:
        """Return the first cut after that instant."""
        cut = datetime.fromtimestamp(self.begun_by(instant_ms) // 1_000, CHINA)
        if self.every == "month":
            return _ms((cut + timedelta(days=31)).replace(day=1))
        return _ms(cut + self._length)

    def _before(self, cut: datetime) -> datetime:
        if self.every == "month":
            return (cut - timedelta(days=1)).replace(day=1)
        return cut - self._length

    @property
    def _length(self) -> timedelta:
        return timedelta(hours=1) if self.every == "hour" else timedelta(days=1)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000

"""When a file was collected: it gives the years, and says which of two statements is the later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lingqu.clock import CHINA
from lingqu.sheets.times import LocalTimes

_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)", re.ASCII)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Collection:
    """The day on which a file was collected, perhaps the time, and how the day is known."""

    day: date
    assumed: bool = False
    at: datetime | None = None

    @property
    def as_of_ms(self) -> int:
        """The time, else the end of the day: whatever was collected on it is no later."""
        if self.at is not None:
            return int(self.at.timestamp() * 1000)
        end = datetime.combine(self.day + _DAY, time(), CHINA)
        return int(end.timestamp() * 1000) - 1

    def times(self) -> LocalTimes:
        """Return the reader of times without a year.

        A day stated by somebody may be a little early, and a time after it is borne; a day that is
        merely assumed to be today cannot be, so that a time after it is of the year before.
        """
        if self.assumed:
            return LocalTimes(CHINA, self.day, ahead=_DAY)
        return LocalTimes(CHINA, self.day)


def collection_of(name: str, collected_on: date | None, now: datetime) -> Collection:
    """Return the day or time that was said, else the day in the file's name, else today.

    A time without a zone is one in China.
    """
    if isinstance(collected_on, datetime):
        at = collected_on if collected_on.tzinfo else collected_on.replace(tzinfo=CHINA)
        return Collection(at.astimezone(CHINA).date(), at=at)
    today = now.astimezone(CHINA).date()
    day = collected_on or _day_in(name, today)
    return Collection(today, assumed=True) if day is None else Collection(day)


def _day_in(name: str, today: date) -> date | None:
    for found in _IN_NAME.finditer(name):
        try:
            day = date(*(int(part) for part in found.groups()))
        except ValueError:
            continue
        if day <= today + _DAY:
            return day
    return None

"""Instants out of local times that may lack their year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

# Around New Year a reading of December is collected in January: a day so far ahead was last year's.
_AHEAD = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """Reads the times of one file: one time zone, one day on which it was collected."""

    zone: ZoneInfo
    collected_on: date

    def read(self, text: str, pattern: str) -> datetime:
        """Return the instant; raise ValueError where the text is no time of that pattern."""
        if "%Y" in pattern or "%y" in pattern:
            return datetime.strptime(text, pattern).replace(tzinfo=self.zone)
        return self._with_year(text, pattern).replace(tzinfo=self.zone)

    def _with_year(self, text: str, pattern: str) -> datetime:
        for year in (self.collected_on.year, self.collected_on.year - 1):
            try:
                moment = datetime.strptime(f"{year} {text}", f"%Y {pattern}")  # noqa: DTZ007
            except ValueError:
                continue  # 29 February is a day of one of the two years only
            if moment.date() - self.collected_on <= _AHEAD:
                return moment
        raise ValueError(text)

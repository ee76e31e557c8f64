"""Instants out of local times as people write them, with their year or without."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from lingqu.sheets.cells import plain

# Around New Year a reading of December is collected in January: a day so far ahead was last year's.
_AHEAD = timedelta(days=180)

_WRITTEN = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[ T]*(\d{1,2})\s*(?:[:时点]\s*(?:(\d{1,2})\s*"
    r"(?:[:分]\s*(?:(\d{1,2})(?:\.(\d{1,6})\d*)?秒?)?)?)?))?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?", re.ASCII)
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?", re.ASCII)
_USUAL_LENGTHS = frozenset({16, 19})  # to the minute, to the second
_USUAL_SIGNS = frozenset({"-- :", "--T:", "-- ::", "--T::"})
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day zero has no zone


class Moment(NamedTuple):
    """A time as a cell tells it; `has_time` is False where it tells the day alone."""

    at: datetime
    has_time: bool


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """Reads the times of one file: one time zone, one day on which it was collected.

    A time without a year that would lie more than `ahead` after that day is of the year before.
    """

    zone: tzinfo
    collected_on: date
    ahead: timedelta = _AHEAD

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
            if moment.date() - self.collected_on <= self.ahead:
                return moment
        raise ValueError(text)


def read_moment(text: str, zone: tzinfo) -> Moment:
    """Return the time of a cell: 2024/3/1 8:00, 2024年3月1日8时, 20240301, a serial number.

    Raises ValueError where it is none of these; a time without a zone is of the given one.
    """
    found = plain(text)
    if (at := _usual(found)) is not None:
        return Moment(at.replace(tzinfo=zone), True)
    if _SERIAL.fullmatch(found):
        return _of_serial(float(found), zone)
    written = _WRITTEN.fullmatch(found) or _DIGITS.fullmatch(found)
    if written is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, *rest = written.groups()
    fraction, offset = rest or (None, None)
    at = datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0").ljust(6, "0")),
        tzinfo=_zone(offset) if offset else zone,
    )
    return Moment(at, hour is not None)


def _usual(text: str) -> datetime | None:
    """Return the time of 2024-03-01 08:00 or 2024-03-01 08:00:00, as most tables write it."""
    if len(text) not in _USUAL_LENGTHS or text[4:17:3] not in _USUAL_SIGNS:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _of_serial(days: float, zone: tzinfo) -> Moment:
    at = _SERIAL_ZERO + timedelta(seconds=round(days * 86_400))
    return Moment(at.replace(tzinfo=zone), not days.is_integer())


def _zone(offset: str) -> tzinfo:
    if offset == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if offset[0] == "-" else size)

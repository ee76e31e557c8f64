"""Months and years of China's calendar, the periods that accounts are made for."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lingqu.clock import CHINA
from lingqu.errors import InputError

_WRITTEN = re.compile(r"[12]\d{3}(?:-(0[1-9]|1[0-2]))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month; it begins and ends at midnight in Beijing."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, self.days)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def next(self) -> Month:
        ahead = self.year * 12 + self.number
        return Month(ahead // 12, ahead % 12 + 1)

    @property
    def from_ms(self) -> int:
        return _midnight_ms(self.first)

    @property
    def until_ms(self) -> int:
        """Return the first millisecond that is no longer of this month."""
        return _midnight_ms(self.next.first)


def month_at(instant_ms: int) -> Month:
    """Return the month that an instant belongs to."""
    day = datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(CHINA)
    return Month(day.year, day.month)


def month_of(text: str) -> Month:
    """Return the month written as 2021-04."""
    year, number = text.split("-")
    return Month(int(year), int(number))


def months_of_year(year: int) -> list[Month]:
    return [Month(year, number) for number in range(1, 13)]


def check_period(text: str) -> str:
    """Return a period as it was written, 2021-04 or 2021; raise InputError for any other text."""
    if not _WRITTEN.fullmatch(text):
        raise InputError(f"{text!r} is no period; write a month as 2021-04 or a year as 2021")
    return text


def is_year(period: str) -> bool:
    return "-" not in period


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of a period."""
    if is_year(period):
        return date(int(period), 1, 1), date(int(period), 12, 31)
    month = month_of(period)
    return month.first, month.last


def over_at_ms(period: str) -> int:
    """Return the first millisecond after a period."""
    if is_year(period):
        return Month(int(period), 12).until_ms
    return month_of(period).until_ms


def next_period(period: str) -> str:
    """Return the period of the same kind that follows."""
    return str(int(period) + 1) if is_year(period) else str(month_of(period).next)


def _midnight_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp() * 1000)

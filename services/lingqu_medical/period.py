"""Clearing periods: months of Beijing's calendar, written 2026-10."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from lingqu.clock import CHINA
from lingqu.instants import milliseconds, moment_at

_HOUR_MS = 3_600_000  # a month begins with an hour
_FROM_MS = milliseconds(datetime(1990, 1, 1, tzinfo=UTC))
_UNTIL_MS = milliseconds(datetime(2200, 1, 1, tzinfo=UTC))


def period_at(instant_ms: int) -> str:
    """Return the period that an instant belongs to."""
    return _period_of(instant_ms // _HOUR_MS)


@lru_cache(65_536)  # a file holds few hours, and many settlements of each
def _period_of(hour: int) -> str:
    return f"{moment_at(hour * _HOUR_MS).astimezone(CHINA):%Y-%m}"


def is_of_our_time(instant_ms: int) -> bool:
    """Tell whether an instant is of the years 1990 to 2199: no other is anything but an error."""
    return _FROM_MS <= instant_ms < _UNTIL_MS


def next_period(period: str) -> str:
    year, month = map(int, period.split("-"))
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def months_before(period: str, months: int) -> str:
    """Return the period that came so many months before."""
    year, month = map(int, period.split("-"))
    years, place = divmod(year * 12 + month - 1 - months, 12)
    return f"{years:04d}-{place + 1:02d}"


def first_open(period: str, stated: Container[str]) -> str:
    """Return the period itself, or the first after it that no statement stands for."""
    while period in stated:
        period = next_period(period)
    return period


def day_in_month_after(period: str, day: int) -> date:
    """Return that day of the month that follows a period."""
    year, month = map(int, next_period(period).split("-"))
    return date(year, month, day)


def last_day_after(period: str, months: int) -> date:
    """Return the last day of the month so many months after a period."""
    for _ in range(months + 1):
        period = next_period(period)
    year, month = map(int, period.split("-"))
    return date(year, month, 1) - timedelta(days=1)


def midnight_ms(day: date) -> int:
    """Return the instant at which a day begins in Beijing."""
    return milliseconds(datetime(day.year, day.month, day.day, tzinfo=CHINA))

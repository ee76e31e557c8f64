"""Instants and days as events carry them: whole milliseconds and days since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_ZERO = date(1970, 1, 1)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    """Return an aware moment's milliseconds; the part of one that is over is left out."""
    return (moment - _EPOCH) // _MILLISECOND


def moment_at(at_ms: int) -> datetime:
    """Return the moment in UTC. Raises OverflowError for a year that no calendar has."""
    return _EPOCH + timedelta(milliseconds=at_ms)


def days(day: date) -> int:
    return (day - _DAY_ZERO).days


def day_at(number: int) -> date:
    """Return the day of that number. Raises OverflowError for a year that no calendar has."""
    return _DAY_ZERO + timedelta(days=number)

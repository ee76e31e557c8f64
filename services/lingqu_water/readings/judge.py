"""What class a statement's water has, by the standard in force on its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol

from lingqu.clock import CHINA
from lingqu_water.readings.model import Item


class Judged(Protocol):
    """A class, None where nothing could be judged, and whether items were missing for it."""

    @property
    def water_class(self) -> str | None: ...

    @property
    def partial(self) -> bool: ...


class Judge(Protocol):
    """Gives items a class; a pure function of what it is given."""

    def __call__(self, items: Sequence[Item], water_body: str, on: date) -> Judged: ...


_DAY_MS = 86_400_000
_SHIFT_MS = 8 * 3_600_000


def day_of(sampled_at_ms: int) -> date:
    """Return the day in China."""
    return _day((sampled_at_ms + _SHIFT_MS) // _DAY_MS)


@lru_cache(maxsize=4096)
def _day(number: int) -> date:
    return datetime.fromtimestamp((number * _DAY_MS - _SHIFT_MS) / 1000, CHINA).date()

"""Masks that make times and numbers coarser; no value can make one of them fail."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from lingqu.agreements.masks import TimeUnit

# China's clock, as agreements are read: a fixed offset, as in `lingqu.clock`.
_AHEAD = timedelta(hours=8)

# What calendars and Python's datetime can hold on both sides of that offset; others are cut to it.
_FIRST, _LAST = datetime(2, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001 - Arrow's are without zone

# From here on every double is a whole number, and times 10^15 it is finite still.
_WHOLE = 2.0**52


def truncated(times: pa.Array, to: TimeUnit) -> pa.Array:
    """Return instants or days cut down to the start of their minute … year in China."""
    if kinds.is_date(times.type):
        return pc.floor_temporal(_between(times, _FIRST.date(), _LAST.date()), unit=to)
    unit = times.type.unit
    ahead = pa.scalar(_AHEAD, pa.duration(unit))
    local = pc.add(_between(times, _FIRST, _LAST), ahead)
    return pc.subtract(pc.floor_temporal(local, unit=to), ahead)


def rounded(numbers: pa.Array, digits: int) -> pa.Array:
    """Return numbers rounded to so many digits behind the point, halves away from zero."""
    if kinds.is_integer(numbers.type):
        step = 10**-digits
        most = (2 ** (numbers.type.bit_width - 1) - 1) // step * step
        return _round(_between(numbers, -most, most), digits)
    wide = numbers.cast(pa.float64())
    if digits < 0:
        return _round(wide, digits).cast(numbers.type)
    small = pc.less(pc.abs(wide), _WHOLE)
    safe = pc.if_else(small, wide, 0.0)
    return pc.if_else(small, _round(safe, digits), wide).cast(numbers.type)


def _round(numbers: pa.Array, digits: int) -> pa.Array:
    return pc.round(numbers, ndigits=digits, round_mode="half_towards_infinity")


def _between(values: pa.Array, least: int | date, most: int | date) -> pa.Array:
    low, high = pa.scalar(least, values.type), pa.scalar(most, values.type)
    capped = pc.min_element_wise(values, high, skip_nulls=False)
    return pc.max_element_wise(capped, low, skip_nulls=False)

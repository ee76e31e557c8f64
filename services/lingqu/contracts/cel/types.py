"""The types a rule sees: instants and days as int, one width each of int and double."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

PLAIN: tuple[tuple[Callable[[pa.DataType], bool], pa.DataType], ...] = (
    (pa.types.is_large_string, pa.string()),
    (pa.types.is_integer, pa.int64()),
    (pa.types.is_timestamp, pa.int64()),
    (pa.types.is_floating, pa.float64()),
    # Arrow casts days to int32 only; a second round widens them.
    (pa.types.is_date32, pa.int32()),
)


def plain(column: pa.Array) -> pa.Array:
    """Return the column under the types a rule sees."""
    while (wanted := _plain_type(column.type)) != column.type:
        column = pc.cast(column, wanted)
    return column


def _plain_type(given: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(given):
        return _plain_type(given.value_type)
    if pa.types.is_list(given):
        return pa.list_(given.value_field.with_type(_plain_type(given.value_type)))
    if pa.types.is_struct(given):
        return pa.struct([field.with_type(_plain_type(field.type)) for field in given])
    return next((wanted for fits, wanted in PLAIN if fits(given)), given)

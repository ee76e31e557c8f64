"""Lists, maps and records rebuilt over other values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

Mask = Callable[[pa.Array], pa.Array]
Fields = Mapping[str, Mask | None]


def on_leaves(array: pa.Array, mask: Mask) -> pa.Array:
    """Apply a mask to every value inside lists and maps."""
    if pa.types.is_map(array.type):
        return rebuilt_map(array, lambda items: on_leaves(items, mask))
    if pa.types.is_list(array.type):
        return rebuilt_list(array, lambda values: on_leaves(values, mask))
    return mask(array)


def rebuilt_list(array: pa.ListArray, mask: Mask) -> pa.ListArray:
    """Return the same lists over masked values."""
    return pa.ListArray.from_arrays(_offsets(array), mask(array.values))


def rebuilt_map(array: pa.MapArray, mask: Mask) -> pa.MapArray:
    """Return the same maps over masked items."""
    return pa.MapArray.from_arrays(_offsets(array), array.keys, mask(array.items))


def projected(array: pa.StructArray, fields: Fields) -> pa.StructArray:
    """Return the records with these fields alone, masked."""
    children = [applied(_child(array, name), mask) for name, mask in fields.items()]
    nulls = array.is_null() if array.null_count else None
    return pa.StructArray.from_arrays(children, names=list(fields), mask=nulls)


def applied(array: pa.Array, mask: Mask | None) -> pa.Array:
    return array if mask is None else mask(array)


def _child(array: pa.StructArray, name: str) -> pa.Array:
    """Return a child as long as its parent, which a sliced struct's `field` is not."""
    return pc.struct_field(array, name)


def _offsets(array: pa.Array) -> pa.Array:
    """Return the offsets, null where the list is null (a slice cannot pass its own bitmap)."""
    if not array.null_count:
        return array.offsets
    ends = array.offsets.slice(1)
    starts = pc.if_else(
        array.is_valid(), array.offsets.slice(0, len(array)), pa.scalar(None, pa.int32())
    )
    return pa.concat_arrays([starts, ends.slice(len(ends) - 1)])

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
    """Return the same lists over masked values; what lies under a null list stays behind."""
    if not array.null_count:
        return pa.ListArray.from_arrays(array.offsets, mask(array.values))
    return pa.ListArray.from_arrays(_counted(array), mask(array.flatten()), mask=array.is_null())


def rebuilt_map(array: pa.MapArray, mask: Mask) -> pa.MapArray:
    """Return the same maps over masked items; what lies under a null map stays behind."""
    if not array.null_count:
        return pa.MapArray.from_arrays(array.offsets, array.keys, mask(array.items))
    lists = array.cast(pa.list_(pa.struct([array.type.key_field, array.type.item_field])))
    keys, items = (pc.struct_field(lists.flatten(), [place]) for place in (0, 1))
    return pa.MapArray.from_arrays(_counted(lists), keys, mask(items), mask=array.is_null())


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


def _counted(array: pa.ListArray) -> pa.Array:
    """Count the offsets anew, a null list as an empty one."""
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    return pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])

"""Many byte strings in one piece of memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import pyarrow as pa


class Binary(Sequence[Any]):
    """A sequence of `bytes` (or None) that stays an Arrow array until somebody asks for them.

    Going through a list of as many objects misses the cache at each of them: a pass costs as much
    as decoding does.
    """

    __slots__ = ("array",)

    def __init__(self, array: pa.BinaryArray) -> None:
        self.array = array

    @classmethod
    def of(cls, values: Sequence[bytes | None]) -> Binary:
        """Return the values as they are here, copied only if they are not so already."""
        return values if isinstance(values, Binary) else cls(pa.array(values, pa.binary()))

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array.to_pylist())

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> Binary: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return Binary(self.array[place])
        return self.array[place].as_py()

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:  # noqa: A002 - Arrow's name
        """Make `pa.array` of this cost nothing."""
        return self.array if type is None else self.array.cast(type)

    def at(self, places: Sequence[int]) -> Binary:
        """Return the values at these places, which are all different and in order."""
        if len(places) == len(self.array):
            return self
        return Binary(self.array.take(pa.array(places, pa.int64())))


def join(parts: Sequence[Binary]) -> Binary:
    """Return the values of all parts, in order."""
    return Binary(pa.concat_arrays([part.array for part in parts]))

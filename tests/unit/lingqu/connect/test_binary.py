"""Byte strings in one array look like a sequence of `bytes`."""

from __future__ import annotations

import pyarrow as pa

from lingqu.connect.binary import Binary, join

VALUES = [b"a", None, b"", b"\x00\xff"]


def test_values_come_out_as_they_went_in() -> None:
    held = Binary.of(VALUES)
    assert list(held) == VALUES
    assert [held[place] for place in range(len(held))] == VALUES
    assert Binary.of(held) is held


def test_slices_and_places_are_values_of_the_same_kind() -> None:
    held = Binary.of(VALUES)
    assert list(held[1:3]) == VALUES[1:3]
    assert list(held.at([0, 3])) == [b"a", b"\x00\xff"]
    assert held.at(range(4)) is held


def test_arrow_takes_them_without_a_copy() -> None:
    held = Binary.of(VALUES)
    taken = pa.array(held, pa.binary())
    assert [part.address for part in taken.buffers()] == [
        part.address for part in held.array.buffers()
    ]


def test_a_slice_joined_to_another_holds_what_both_held() -> None:
    held = Binary.of(VALUES)
    assert list(join([held[2:], held[:2]])) == [*VALUES[2:], *VALUES[:2]]

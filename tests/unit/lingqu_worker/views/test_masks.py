from __future__ import annotations

import pyarrow as pa
import pytest

from lingqu.agreements.masks import FieldMask, MaskStep
from lingqu_worker.views.masks import mask_of
from lingqu_worker.views.pseudonyms import Pseudonyms


def masked(values: list[object], *steps: MaskStep, nulls: bool = False) -> list[object]:
    mask = mask_of(FieldMask("f", steps, nulls), Pseudonyms(b"key"))
    shown: list[object] = mask(pa.array(values)).to_pylist()
    return shown


@pytest.mark.parametrize(
    ("steps", "value", "shown"),
    [
        ([MaskStep("redact")], "Li Bing", "***"),
        ([MaskStep("redact")], "", "***"),
        ([MaskStep("redact")], None, None),
        ([MaskStep("keep_first", 1)], "李冰父子", "李***"),
        ([MaskStep("keep_first", 1)], "李", "***"),
        ([MaskStep("keep_first", 3)], "abc", "***"),
        ([MaskStep("keep_last", 4)], "13800138000", "***8000"),
        ([MaskStep("keep_last", 4)], "8000", "***"),
        ([MaskStep("keep_first", 3), MaskStep("keep_last", 4)], "13800138000", "138***8000"),
        ([MaskStep("keep_last", 4), MaskStep("keep_first", 3)], "13800138000", "138***8000"),
        ([MaskStep("keep_first", 3), MaskStep("keep_last", 4)], "1388000", "***"),
        ([MaskStep("keep_first", 1)], None, None),
    ],
)
def test_a_mask_shows_no_more_than_it_says(
    steps: list[MaskStep], value: str | None, shown: str | None
) -> None:
    assert masked([value, "something else"], *steps)[0] == shown


def test_redacting_what_is_no_text_leaves_null() -> None:
    assert masked([1.5, None], MaskStep("redact"), nulls=True) == [None, None]


def test_a_pseudonym_is_stable_for_one_partner_and_unlinkable_for_another() -> None:
    values = pa.array(["a", "b", "a", None])
    ours, theirs = Pseudonyms(b"ours").of(values).to_pylist(), Pseudonyms(b"theirs").of(values)
    assert ours[0] == ours[2] != ours[1]
    assert ours[3] is None
    assert len(ours[0]) == 32
    assert not set(ours[:3]) & set(theirs.to_pylist())
    assert Pseudonyms(b"ours").of(values).to_pylist() == ours


def test_a_mask_reaches_every_text_inside_lists_and_maps() -> None:
    lists = pa.array([["abc", None], None, [], ["de"]], pa.list_(pa.string()))
    maps = pa.array([[("k", "abc")], []], pa.map_(pa.string(), pa.string()))
    redact = mask_of(FieldMask("f", (MaskStep("redact"),)), Pseudonyms(b"key"))
    assert redact(lists).to_pylist() == [["***", None], None, [], ["***"]]
    assert redact(lists.slice(3)).to_pylist() == [["***"]]
    assert redact(maps).to_pylist() == [[("k", "***")], []]


def test_what_lies_under_a_null_list_or_map_joins_no_neighbour() -> None:
    """Arrow lets a null list keep its values, and reads them as its neighbour's once it may."""
    offsets, nulls = pa.array([0, 1, 3, 4], pa.int32()), pa.array([False, True, False])
    values = pa.array(["a", "hidden", "hidden", "d"])
    lists = pa.ListArray.from_arrays(offsets, values, mask=nulls)
    maps = pa.MapArray.from_arrays(offsets, pa.array(["k", "h", "i", "l"]), values, mask=nulls)
    keep = mask_of(FieldMask("f", (MaskStep("keep_first", 1),)), Pseudonyms(b"key"))
    assert keep(lists).to_pylist() == [["***"], None, ["***"]]
    assert keep(lists.slice(1)).to_pylist() == [None, ["***"]]
    assert keep(maps).to_pylist() == [[("k", "***")], None, [("l", "***")]]
    assert keep(maps.slice(1)).to_pylist() == [None, [("l", "***")]]

"""Values at any depth are seen, nulls and slices kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lingqu.connect.columns import as_text, in_utc, map_leaves

INSTANT = pa.timestamp("ms")
NESTED = pa.list_(pa.struct([pa.field("at", INSTANT), pa.field("n", pa.int64(), nullable=False)]))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (INSTANT, 0, "1970-01-01T00:00:00.000Z"),
        (INSTANT, -1, "1969-12-31T23:59:59.999Z"),
        (pa.date32(), date(2026, 11, 22), "2026-11-22"),
        (pa.binary(), b"\x00\xff", "AP8="),
        (pa.decimal128(9, 2), Decimal("-1.50"), "-1.50"),
        (pa.string(), "as it is", "as it is"),
        (pa.int64(), -7, -7),
        (pa.bool_(), True, True),
    ],
)
def test_text_is_iso_8601_base64_or_the_value(kind: Any, value: Any, text: Any) -> None:
    assert map_leaves(pa.array([value, None], kind), as_text).to_pylist() == [text, None]


def test_lists_of_records_are_seen_to_the_bottom() -> None:
    rows = [[{"at": 0, "n": 1}, None], None, [], [{"at": None, "n": 2}]]
    found = map_leaves(pa.array(rows, NESTED), as_text).to_pylist()
    assert found == [
        [{"at": "1970-01-01T00:00:00.000Z", "n": 1}, None],
        None,
        [],
        [{"at": None, "n": 2}],
    ]


def test_a_slice_of_lists_keeps_its_own_rows() -> None:
    rows = [[{"at": number, "n": number}] * number for number in range(5)]
    found = map_leaves(pa.array(rows, NESTED)[2:4], as_text).to_pylist()
    assert [[item["n"] for item in row] for row in found] == [[2, 2], [3, 3, 3]]


def test_maps_keep_their_keys() -> None:
    kind = pa.map_(pa.string(), INSTANT)
    found = map_leaves(pa.array([[("a", 0)], None, [], [("b", None)]], kind)[0:4], as_text)
    assert found.to_pylist() == [[("a", "1970-01-01T00:00:00.000Z")], None, [], [("b", None)]]


def test_instants_of_a_nested_column_are_marked_as_utc() -> None:
    column = map_leaves(pa.array([[{"at": 0, "n": 1}]], NESTED), in_utc)
    assert column.type.value_type.field("at").type == pa.timestamp("ms", tz="UTC")
    assert not column.type.value_type.field("n").nullable

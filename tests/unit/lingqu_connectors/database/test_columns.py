"""Batches as rows: kinds of columns, and the last row of each key."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.builders import NOON
from tests.support.tables import SCHEMA, reading_batch

from lingqu.connect.samples import Lane
from lingqu.table_columns import Column
from lingqu_connectors.database.columns import Rows, columns_of


def schema_of(kind: Any) -> str:
    return json.dumps({"type": "record", "name": "R", "fields": [{"name": "f", "type": kind}]})


@pytest.mark.parametrize(
    ("avro", "kind", "nullable"),
    [
        ("string", "text", False),
        (["null", "string"], "text", True),
        ({"type": "enum", "name": "E", "symbols": ["a"]}, "text", False),
        ("boolean", "boolean", False),
        ("int", "int", False),
        ("long", "long", False),
        ("float", "float", False),
        (["null", "double"], "double", True),
        ({"type": "long", "logicalType": "timestamp-millis"}, "instant", False),
        ({"type": "int", "logicalType": "date"}, "day", False),
        ("bytes", "bytes", False),
        ({"type": "array", "items": "string"}, "json", False),
        ({"type": "map", "values": "long"}, "json", False),
        (["string", "long"], "bytes", False),
    ],
)
def test_each_type_has_its_kind_of_column(avro: Any, kind: Any, nullable: bool) -> None:
    assert columns_of(schema_of(avro)) == (Column("f", kind, nullable),)


def test_lists_are_text_and_the_number_comes_last() -> None:
    rows = Rows.of(reading_batch(Lane("f", "t"), [{}], first=7), columns_of(SCHEMA)).columns
    (row,) = rows.to_pylist()
    assert rows.column_names[-1] == "lq_seq"
    assert (row["occurred_at"], row["lq_seq"]) == (NOON.replace(tzinfo=None), 7)
    assert json.loads(row["parts"]) == [{"code": "p1", "amount": 1.5}]


def numbered(keys: list[tuple[str, int]]) -> Rows:
    places = pa.array(range(len(keys)), pa.int64())
    parts = [pa.array([key[0] for key in keys]), pa.array([key[1] for key in keys], pa.int64())]
    return Rows(pa.table([*parts, places], names=["a", "b", "lq_seq"]), places)


KEYS = st.lists(st.tuples(st.sampled_from(["", "x", "湘"]), st.integers(0, 3)), max_size=40)


@given(KEYS.filter(bool))
def test_of_each_key_the_last_row_is_left_in_order_of_keys(keys: list[tuple[str, int]]) -> None:
    last = numbered(keys).last_of_each(["a", "b"])
    assert last.places.to_pylist() == [
        len(keys) - 1 - keys[::-1].index(key) for key in sorted(set(keys), key=_by_bytes)
    ]
    assert last.columns.column("lq_seq").to_pylist() == last.places.to_pylist()


def _by_bytes(key: tuple[str, int]) -> tuple[bytes, int]:
    return key[0].encode(), key[1]


@given(KEYS.filter(bool), st.sets(st.integers(0, 39)))
def test_what_was_refused_is_left_out(keys: list[tuple[str, int]], refused: set[int]) -> None:
    left = numbered(keys).without(refused)
    assert left.places.to_pylist() == [n for n in range(len(keys)) if n not in refused]
    first, second = left.halves()
    assert [*first.places.to_pylist(), *second.places.to_pylist()] == left.places.to_pylist()

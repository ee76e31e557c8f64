from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.admission.filling import Filling, Lists
from lingqu.errors import PermanentError
from lingqu.wire.codec import AvroCodec

LEG = {
    "type": "record",
    "name": "Leg",
    "fields": [
        {"name": "to", "type": "string"},
        {"name": "unit", "type": "string", "default": "km"},
        {"name": "length", "type": ["null", "double"], "default": None},
        {
            "name": "gauge",
            "type": {"type": "enum", "name": "Gauge", "symbols": ["wide", "narrow"]},
            "default": "wide",
        },
    ],
}


def schema(*extra: dict[str, Any]) -> str:
    fields = [
        {"name": "train", "type": "string"},
        {"name": "departs", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}, "default": 3},
        {"name": "cars", "type": "int", "default": 8},
        {"name": "note", "type": ["null", "string"], "default": None},
        {"name": "legs", "type": {"type": "array", "items": LEG}, "default": []},
        {"name": "last", "type": ["null", "Leg"], "default": None},
        *extra,
    ]
    record = {"type": "record", "name": "Train", "namespace": "cn.lingqu.rail", "fields": fields}
    return json.dumps(record)


FLOAT = {"name": "load", "type": "float", "default": 0.0}
MAP = {"name": "tags", "type": {"type": "map", "values": "string"}, "default": {}}

legs = st.fixed_dictionaries(
    {"to": st.text(max_size=3)},
    optional={
        "unit": st.sampled_from(["km", "m"]),
        "length": st.none() | st.floats(allow_nan=False),
        "gauge": st.sampled_from(["wide", "narrow"]),
    },
)
rows = st.fixed_dictionaries(
    {"train": st.text(max_size=3), "departs": st.integers(-(2**40), 2**40)},
    optional={
        "day": st.integers(-1000, 1000),
        "cars": st.integers(-(2**31), 2**31 - 1),
        "note": st.none() | st.text(max_size=3),
        "legs": st.lists(legs, max_size=3),
        "last": st.none() | legs,
    },
)


def filling(text: str) -> tuple[Filling, AvroCodec]:
    codec = AvroCodec(text)
    return Filling(text, codec), codec


@given(st.lists(rows, max_size=5))
def test_filled_columns_encode_as_the_rows_do(given_rows: list[dict[str, Any]]) -> None:
    made, codec = filling(schema())
    columns = made.of_rows(given_rows)
    assert columns is not None
    assert codec.encode(columns) == codec.encode_rows(given_rows)


@pytest.mark.parametrize("extra", [FLOAT, MAP], ids=["float", "map"])
def test_what_columns_would_write_otherwise_is_left_to_rows(extra: dict[str, Any]) -> None:
    made, _ = filling(schema(extra))
    assert made.of_rows([{"train": "K1", "departs": 1}]) is None


def test_a_value_that_does_not_fit_is_left_to_rows_to_be_found() -> None:
    made, _ = filling(schema())
    assert made.of_rows([{"train": "K1", "departs": 1, "cars": 2**40}]) is None


def test_columns_of_a_service_take_defaults_where_they_are_left_out() -> None:
    made, codec = filling(schema())
    legs_column = Lists(
        [2, 0],
        {
            "to": ["甲", "乙"],
            "unit": ["km", "m"],
            "length": [None, 2.5],
            "gauge": ["wide", "narrow"],
        },
    )
    columns = made.of_columns({"train": ["K1", "K2"], "departs": [1, 2], "legs": legs_column})
    first = {"to": "甲", "unit": "km", "length": None, "gauge": "wide"}
    second = {"to": "乙", "unit": "m", "length": 2.5, "gauge": "narrow"}
    rows_of = [
        {"train": "K1", "departs": 1, "legs": [first, second]},
        {"train": "K2", "departs": 2},
    ]
    assert codec.encode(columns) == codec.encode_rows(rows_of)


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ({"train": ["K1"]}, "departs"),
        ({"train": ["K1"], "departs": ["soon"]}, "departs"),
        ({"train": ["K1"], "departs": [1], "colour": ["red"]}, "colour"),
    ],
    ids=["missing", "of another type", "unknown"],
)
def test_columns_that_do_not_fit_are_a_defect_and_named(
    columns: dict[str, list[Any]], names: str
) -> None:
    made, _ = filling(schema())
    with pytest.raises(PermanentError, match=names):
        made.of_columns(columns)

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
import pyarrow as pa
import pytest

from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame, header

PARTNER = {
    "type": "record",
    "name": "Partner",
    "namespace": "org.demo",
    "fields": [
        {"name": "name", "type": "string"},
        {"name": "raw", "type": "bytes"},
        {"name": "code", "type": {"type": "fixed", "name": "Code", "size": 2}},
        {
            "name": "price",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2},
        },
        {"name": "any", "type": ["null", "string", "long", "Code"]},
        {"name": "tree", "type": ["null", "Partner"]},
        {"name": "seen", "type": ["null", {"type": "int", "logicalType": "date"}]},
        {
            "name": "parts",
            "type": {
                "type": "array",
                "items": {
                    "type": "record",
                    "name": "Part",
                    "fields": [
                        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}
                    ],
                },
            },
        },
        {"name": "tags", "type": {"type": "map", "values": "long"}},
        {"name": "nothing", "type": "null"},
    ],
}


def partner(**overrides: Any) -> dict[str, Any]:
    event = {
        "name": "n",
        "raw": b"\xff\x00",
        "code": b"ab",
        "price": b"\x01\x02",
        "any": 7,
        "tree": None,
        "seen": 3,
        "parts": [{"at": 4}],
        "tags": {"x": 1},
        "nothing": None,
    }
    return event | overrides


def encoded(**overrides: Any) -> bytes:
    target = io.BytesIO()
    fastavro.schemaless_writer(target, fastavro.parse_schema(PARTNER), partner(**overrides))
    return target.getvalue()


@pytest.fixture
def codec() -> AvroCodec:
    return AvroCodec(json.dumps(PARTNER))


def test_a_schema_outside_the_profile_takes_the_row_path(codec: AvroCodec) -> None:
    assert not codec.columnar


def test_row_path_returns_the_same_bytes(codec: AvroCodec) -> None:
    bodies = [encoded(), encoded(any="x", tree=partner(), seen=None), encoded(any=b"cd", parts=[])]

    decoded = codec.decode(bodies)

    assert decoded.refused == {}
    assert codec.encode(decoded.columns) == bodies


def test_row_path_takes_and_gives_framed_payloads(codec: AvroCodec) -> None:
    payloads = [frame(5, encoded(name=name)) for name in "ab"]

    decoded = codec.decode_framed(payloads)

    assert codec.encode_framed(decoded.columns, 5) == payloads


def test_what_arrow_cannot_hold_is_a_column_of_its_own_bytes(codec: AvroCodec) -> None:
    columns = codec.decode([encoded(any=7)]).columns

    assert columns.schema.field("any").metadata == {b"lingqu.encoding": b"avro"}
    assert columns.column("any").to_pylist() == [b"\x04\x0e"]
    assert columns.column("seen").type == pa.date32()
    assert columns.column("code").type == pa.binary(2)


def test_row_path_refuses_garbage_by_row(codec: AvroCodec) -> None:
    good = encoded()

    decoded = codec.decode([good, good + b"x", good[:-1], b"", good])

    assert decoded.good == [0, 4]
    assert {reason.code for reason in decoded.refused.values()} == {"undecodable"}


def test_row_path_makes_blocks_canonical() -> None:
    fields = [
        {"name": "a", "type": {"type": "array", "items": "string"}},
        {"name": "b", "type": "bytes"},
    ]
    codec = AvroCodec(json.dumps({"type": "record", "name": "R", "fields": fields}))

    decoded = codec.decode_framed([header(1) + b"\x02\x02a\x02\x02b\x00\x00"])

    assert decoded.replaced == {0: header(1) + b"\x04\x02a\x02b\x00\x00"}


def test_row_path_refuses_numbers_out_of_range_alone() -> None:
    fields = [{"name": "a", "type": "int"}, {"name": "b", "type": "bytes"}]
    codec = AvroCodec(json.dumps({"type": "record", "name": "R", "fields": fields}))

    decoded = codec.decode([b"\x02\x00", b"\xfe\xff\xff\xff\xff\x0f\x00", b"\x04\x00"])

    assert decoded.good == [0, 2]
    assert decoded.refused[1].code == "not_canonical"


def test_nesting_without_end_does_not_end_the_process() -> None:
    chain = {"type": "record", "name": "L", "fields": [{"name": "next", "type": ["null", "L"]}]}
    codec = AvroCodec(json.dumps(chain))

    decoded = codec.decode([b"\x02" * 999 + b"\x00", b"\x02" * 1_000_000 + b"\x00"])

    assert decoded.good == [0]
    assert decoded.refused[1].code == "too_large"

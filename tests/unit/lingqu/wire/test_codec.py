from __future__ import annotations

import io
import json
import math
from typing import Any

import fastavro
import pyarrow as pa
import pytest

from lingqu.errors import ContractError, PermanentError
from lingqu.wire.codec import AvroCodec
from lingqu.wire.columnar import ColumnCodec
from lingqu.wire.framing import frame, header
from lingqu.wire.shape import ZeroWidthItems, read_shape

READING = {
    "type": "record",
    "name": "Reading",
    "namespace": "cn.lingqu.demo",
    "doc": "One reading.",
    "fields": [
        {"name": "id", "type": "string", "doc": "Name.", "grade": 1},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "level", "type": ["null", "double"], "default": None},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["on", "off"]}},
        {"name": "marks", "type": {"type": "array", "items": "string"}, "default": []},
    ],
}


def codec(*types: Any) -> AvroCodec:
    """Return the codec of a record with fields a, b, c … of these types."""
    fields = [{"name": name, "type": kind} for name, kind in zip("abcdef", types, strict=False)]
    return AvroCodec(json.dumps({"type": "record", "name": "R", "fields": fields}))


def reading(**overrides: Any) -> dict[str, Any]:
    event = {"id": "r1", "at": 1_700_000_000_000, "level": 0.5, "state": "on", "marks": ["x"]}
    return event | overrides


@pytest.fixture
def readings() -> AvroCodec:
    return AvroCodec(json.dumps(READING))


def test_columns_have_the_types_of_the_schema(readings: AvroCodec) -> None:
    columns = readings.decode(readings.encode_rows([reading(), reading(level=None)])).columns

    assert readings.columnar
    assert columns.schema == readings.arrow_schema
    assert columns.schema.field("at").type == pa.timestamp("ms")
    assert columns.column("level").to_pylist() == [0.5, None]


def test_framed_payloads_decode_and_encode_without_cutting(readings: AvroCodec) -> None:
    payloads = [frame(2**31 - 130, body) for body in readings.encode_rows([reading()] * 3)]

    decoded = readings.decode_framed(payloads)

    assert decoded.good is None
    assert decoded.columns.schema == readings.arrow_schema
    assert readings.encode_framed(decoded.columns, 2**31 - 130) == payloads


@pytest.mark.parametrize("schema_id", [0, 1, 0x7FA00000, 0x0000A07F, 0x0100807F, 0x7FFFFFFF])
def test_every_id_survives_as_framing_bytes(readings: AvroCodec, schema_id: int) -> None:
    columns = readings.decode(readings.encode_rows([reading()])).columns

    (payload,) = readings.encode_framed(columns, schema_id)

    assert payload.startswith(header(schema_id))
    assert readings.decode_framed([payload]).good is None


@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("trusted", [False, True])
def test_garbage_is_refused_by_row_and_the_rest_is_kept(
    readings: AvroCodec, framed: bool, trusted: bool
) -> None:
    bodies = readings.encode_rows([reading(id=str(index)) for index in range(100)])
    bodies[17], bodies[60] = b"\xff\xff", bodies[60][:-1]
    given = [frame(1, body) for body in bodies] if framed else bodies

    decoded = (readings.decode_framed if framed else readings.decode)(given, trusted=trusted)

    assert {index: reason.code for index, reason in decoded.refused.items()} == {
        17: "undecodable",
        60: "undecodable",
    }
    assert decoded.good == [index for index in range(100) if index not in {17, 60}]
    assert decoded.columns.column("id").to_pylist() == [str(index) for index in decoded.good]


def test_trailing_bytes_are_found_and_counted(readings: AvroCodec) -> None:
    good, bad = readings.encode_rows([reading(), reading()])

    decoded = readings.decode([good, bad + b"\x00\x00", good])

    assert decoded.good == [0, 2]
    assert decoded.refused[1].detail == "2 bytes are left after the event"


def test_a_batch_that_is_all_garbage_gives_no_rows(readings: AvroCodec) -> None:
    decoded = readings.decode([b"\xff"] * 50)

    assert decoded.good == []
    assert decoded.columns.num_rows == 0
    assert len(decoded.refused) == 50


def test_half_a_batch_of_garbage_is_told_apart(readings: AvroCodec) -> None:
    (body,) = readings.encode_rows([reading()])

    decoded = readings.decode([body if index % 2 else body[:9] for index in range(2000)])

    assert decoded.good == list(range(1, 2000, 2))


@pytest.mark.parametrize("framed", [False, True])
def test_an_array_in_blocks_is_legal_and_becomes_canonical(framed: bool) -> None:
    strings = codec({"type": "array", "items": "string"})
    start = header(9) if framed else b""
    in_blocks = start + b"\x02\x02a" + b"\x01\x04\x02b" + b"\x00"

    decoded = (strings.decode_framed if framed else strings.decode)([in_blocks])

    assert decoded.good is None
    assert decoded.replaced == {0: start + b"\x04\x02a\x02b\x00"}
    assert decoded.columns.column("a").to_pylist() == [["a", "b"]]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("int", b"\xfe\xff\xff\xff\xff\x0f"),
        ("boolean", b"\x02"),
        ({"type": "enum", "name": "E", "symbols": ["x"]}, b"\x01"),
        ({"type": "enum", "name": "E", "symbols": ["x"]}, b"\x08"),
        ("string", b"\x04\xff\xfe"),
        ("string", b"\x01"),
        (["null", "string"], b"\x08"),
        ({"type": "array", "items": "string"}, b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        ("bytes", b"\x01abc"),
        (["null", "string", "int"], b"\x08"),
        ({"type": "fixed", "name": "F", "size": 4}, b"ab"),
    ],
)
def test_values_no_writer_could_mean_are_refused(kind: Any, body: bytes) -> None:
    decoded = codec(kind).decode([body])

    assert decoded.good == []
    assert decoded.refused[0].code in {"undecodable", "not_canonical"}


@pytest.mark.parametrize(
    "kind",
    [
        {"type": "array", "items": "null"},
        {"type": "map", "values": "null"},
        {"type": "array", "items": {"type": "record", "name": "E", "fields": []}},
        {"type": "array", "items": {"type": "fixed", "name": "F", "size": 0}},
        ["null", {"type": "array", "items": "null"}],
    ],
)
def test_items_without_width_are_refused_before_any_byte_is_read(kind: Any) -> None:
    with pytest.raises(ZeroWidthItems, match="a: its items take no bytes"):
        codec(kind)


@pytest.mark.parametrize("text", ["{", '"string"', '{"type": "record", "name": "R", "fields": []}'])
def test_what_is_no_record_schema_is_refused(text: str) -> None:
    with pytest.raises(ContractError):
        AvroCodec(text)


def test_a_null_where_none_may_be_is_never_encoded_as_zero(readings: AvroCodec) -> None:
    columns = readings.decode(readings.encode_rows([reading()])).columns.to_pylist()
    columns[0]["at"] = None

    with pytest.raises(PermanentError, match="at: a null"):
        readings.encode(pa.RecordBatch.from_pylist(columns))


@pytest.mark.parametrize(
    ("kind", "array"),
    [
        (
            {
                "type": "record",
                "name": "N",
                "fields": [{"name": "x", "type": {"type": "map", "values": "int"}}],
            },
            pa.array([{"x": None}], pa.struct([("x", pa.map_(pa.string(), pa.int32()))])),
        ),
        ({"type": "array", "items": "string"}, pa.array([["x", None]])),
        ({"type": "map", "values": "int"}, pa.array([[("k", None)]], pa.map_("string", "int32"))),
    ],
)
def test_a_null_inside_a_nested_column_is_found(kind: Any, array: pa.Array) -> None:
    with pytest.raises(PermanentError, match=r"a null where|does not fit"):
        codec(kind).encode(pa.RecordBatch.from_arrays([array], names=["a"]))


def test_a_null_struct_may_hide_what_its_fields_forbid() -> None:
    inner = {"type": "record", "name": "N", "fields": [{"name": "x", "type": "int"}]}
    columns = pa.RecordBatch.from_arrays(
        [pa.array([None, {"x": 3}], pa.struct([("x", pa.int32())]))], names=["a"]
    )

    assert codec(["null", inner]).encode(columns) == [b"\x00", b"\x02\x06"]


def test_columns_are_found_by_name_and_cast_to_the_exact_type(readings: AvroCodec) -> None:
    (body,) = readings.encode_rows([reading()])
    columns = readings.decode([body]).columns
    other = pa.RecordBatch.from_pydict(
        {
            "marks": columns.column("marks").cast(pa.large_list(pa.string())),
            "state": columns.column("state").dictionary_encode(),
            "level": columns.column("level"),
            "at": columns.column("at").cast(pa.int64()),
            "id": columns.column("id").cast(pa.large_string()),
        }
    )

    assert readings.encode(other) == [body]


def test_columns_that_do_not_fit_are_named_without_their_values(readings: AvroCodec) -> None:
    columns = readings.decode(readings.encode_rows([reading()])).columns
    wrong = columns.set_column(3, "state", pa.array(["secret"]))

    with pytest.raises(PermanentError, match="enum column") as caught:
        readings.encode(wrong)
    assert "secret" not in str(caught.value)
    with pytest.raises(PermanentError, match="no column 'at'"):
        readings.encode(columns.drop_columns(["at"]))
    with pytest.raises(PermanentError, match="'level'"):
        readings.encode(columns.set_column(2, "level", pa.array(["secret"])))


def test_a_panic_moves_the_schema_to_the_row_path_for_good(readings: AvroCodec) -> None:
    (body,) = readings.encode_rows([reading()])
    fixed = {"type": "fixed", "name": "F", "size": len(body)}
    shape = read_shape(
        json.dumps({"type": "record", "name": "P", "fields": [{"name": "f", "type": fixed}]})
    )
    readings._columns = ColumnCodec(shape, lambda found: found)

    decoded = readings.decode([body])

    assert decoded.columns.column("id").to_pylist() == ["r1"]
    assert not readings.columnar
    assert readings.encode(decoded.columns) == [body]


def test_rows_take_instants_as_numbers_and_give_them_so(readings: AvroCodec) -> None:
    bodies = readings.encode_rows([{"id": "r1", "at": 5, "state": "off"}])

    assert readings.decode_rows(bodies) == [
        {"id": "r1", "at": 5, "level": None, "state": "off", "marks": []}
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "secret"}, "a value does not fit"),
        ({"at": "secret"}, "field at: a value does not fit"),
        ({"level": "secret"}, "field level: a value does not fit"),
        ({"colour": "secret"}, "colour"),
    ],
)
def test_a_row_that_does_not_fit_is_told_by_field_without_its_value(
    readings: AvroCodec, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(PermanentError, match=sentence) as caught:
        readings.encode_rows([reading(**change)])
    assert "secret" not in str(caught.value)


def test_instants_beyond_the_calendar_are_still_numbers(readings: AvroCodec) -> None:
    bodies = readings.encode_rows([reading(at=2**62)])

    assert readings.decode_rows(bodies)[0]["at"] == 2**62
    assert readings.encode(readings.decode(bodies).columns) == bodies


def test_not_a_number_keeps_its_bits() -> None:
    doubles = codec("double", "float")
    body = b"\x01\x00\x00\x00\x00\x00\xf0\x7f" + b"\x01\x00\xa0\x7f"

    decoded = doubles.decode([body])

    assert math.isnan(decoded.columns.column("a")[0].as_py())
    assert doubles.encode(decoded.columns) == [body]


def test_fastavro_reads_what_was_encoded(readings: AvroCodec) -> None:
    (body,) = readings.encode_rows([reading()])

    read = fastavro.schemaless_reader(io.BytesIO(body), fastavro.parse_schema(READING))

    assert isinstance(read, dict)
    assert read["id"] == "r1"

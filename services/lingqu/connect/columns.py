"""Arrow columns as files and tables carry them: numbered, with instants in UTC or as text."""

from __future__ import annotations

import binascii
from collections.abc import Callable

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from lingqu.connect.batch import Batch
from lingqu.wire.codec import AvroCodec

Leaf = Callable[[pa.Array], pa.Array]


def arrow_schema(schema: str) -> pa.Schema:
    """Return the types of the columns that a batch of this Avro schema has."""
    return AvroCodec(schema).arrow_schema


def numbered(batch: Batch, leaf: Leaf) -> pa.RecordBatch:
    """Return the batch's columns, each value seen by `leaf`, and `lq_seq` as the last column."""
    columns = [map_leaves(column, leaf) for column in batch.columns().columns]
    fields = [
        pa.field(field.name, column.type, nullable=field.nullable)
        for field, column in zip(batch.columns().schema, columns, strict=True)
    ]
    sequences = pa.array(batch.sequences, pa.int64())
    schema = pa.schema([*fields, pa.field("lq_seq", pa.int64(), nullable=False)])
    return pa.RecordBatch.from_arrays([*columns, sequences], schema=schema)


def map_leaves(array: pa.Array, leaf: Leaf) -> pa.Array:
    """Return the array with `leaf` applied to every column of values, at any depth of nesting."""
    if pa.types.is_map(array.type):
        return _map(array, leaf)
    if pa.types.is_list(array.type):
        return _list(array, leaf)
    if pa.types.is_struct(array.type):
        return _struct(array, leaf)
    return leaf(array)


def in_utc(array: pa.Array) -> pa.Array:
    """Mark instants as UTC: Avro's `timestamp-millis` is one, Arrow's bare timestamp is not."""
    if pa.types.is_timestamp(array.type):
        return array.cast(pa.timestamp(array.type.unit, tz="UTC"))
    return array


def as_text(array: pa.Array) -> pa.Array:
    """Return what JSON and CSV have no type for as text: ISO 8601 for time, base64 for bytes.

    Stays in Arrow because Python's datetime ends with the year 9999, and one such event would fail
    its whole batch.
    """
    kind = array.type
    if pa.types.is_timestamp(kind):
        # Arrow is slow at both: it looks up the zone, and joins texts, for each value anew.
        plain = pc.cast(array.cast(pa.timestamp(kind.unit)), pa.string()).to_pylist()
        return pa.array([each and f"{each.replace(' ', 'T')}Z" for each in plain], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.array([_base64(value) for value in array.to_pylist()], pa.string())
    if pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
        return pc.cast(array, pa.string())
    return array


def json_text(array: pa.Array) -> pa.StringArray:
    """Return lists, records and maps as JSON text, a null as null; their leaves by `as_text`."""
    values = map_leaves(array, as_text).to_pylist(maps_as_pydicts="lossy")
    return pa.array([_json(value) for value in values], pa.string())


def _json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _base64(value: bytes | None) -> str | None:
    return None if value is None else binascii.b2a_base64(value, newline=False).decode()


def _list(array: pa.ListArray, leaf: Leaf) -> pa.ListArray:
    values = map_leaves(array.flatten(), leaf)
    item = array.type.value_field
    kind = pa.list_(pa.field(item.name, values.type, nullable=item.nullable))
    return pa.ListArray.from_arrays(_offsets(array), values, type=kind, mask=array.is_null())


def _map(array: pa.MapArray, leaf: Leaf) -> pa.MapArray:
    entries = array.cast(pa.list_(pa.struct([array.type.key_field, array.type.item_field])))
    keys, items = (map_leaves(child, leaf) for child in _children(entries.flatten()))
    return pa.MapArray.from_arrays(_offsets(entries), keys, items, mask=array.is_null())


def _struct(array: pa.StructArray, leaf: Leaf) -> pa.StructArray:
    children = [map_leaves(child, leaf) for child in _children(array)]
    fields = [
        pa.field(field.name, child.type, nullable=field.nullable)
        for field, child in zip(array.type, children, strict=True)
    ]
    return pa.StructArray.from_arrays(children, fields=fields, mask=array.is_null())


def _children(array: pa.StructArray) -> list[pa.Array]:
    return [array.field(place) for place in range(array.type.num_fields)]


def _offsets(array: pa.ListArray) -> pa.Array:
    """Count the offsets anew: those of a slice do not begin at 0, and nulls may hold values."""
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    ends = pc.cumulative_sum(lengths).cast(pa.int32())
    return pa.concat_arrays([pa.array([0], pa.int32()), ends])

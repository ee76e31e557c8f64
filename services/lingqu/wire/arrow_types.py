"""Avro types as Arrow types, and columns brought to exactly these."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from lingqu.errors import PermanentError
from lingqu.wire.shape import PRIMITIVES, Node, Shape, branch, children

OPAQUE = {b"lingqu.encoding": b"avro"}

_ARROW = {
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "bytes": pa.binary(),
    "timestamp-millis": pa.timestamp("ms"),
    "timestamp-micros": pa.timestamp("us"),
    "date": pa.date32(),
}


def is_columnar(shape: Shape, node: Node) -> bool:
    """Tell whether pyruhvro handles the type safely: the Avro profile of our own contracts."""
    node = shape.resolve(branch(node)[0])
    if isinstance(node, str):
        return node in PRIMITIVES
    if isinstance(node, list) or node["type"] == "fixed":
        return False
    return all(is_columnar(shape, child) for _, child in children(node))


def arrow_schema(shape: Shape) -> pa.Schema:
    """Return the columns of a schema on the row path.

    A field that Arrow cannot hold without loss (a union of several types, a map, a recursive
    record) is a binary column of its own Avro encoding: it can be passed on or dropped.
    """
    return pa.schema([_field(shape, name, node) for name, node in shape.fields])


def conform(columns: pa.RecordBatch, schema: pa.Schema, shape: Shape) -> pa.RecordBatch:
    """Return the columns in order and of the exact types; a null where none may be is an error.

    The encoder would write such a null as an empty string or zero, silently.
    """
    arrays = []
    for field, (name, node) in zip(schema, shape.fields, strict=True):
        index = columns.schema.get_field_index(name)
        if index < 0:
            raise PermanentError(f"schema {shape.record}: there is no column {name!r} to encode")
        array = columns.column(index)
        if array.type != field.type:
            array = _cast(array, field, shape)
        _refuse_nulls(shape, array, "bytes" if field.metadata == OPAQUE else node, name)
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def stored_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that Avro stores: instants and days are whole numbers."""
    if pa.types.is_timestamp(kind):
        return pa.int64()
    if pa.types.is_date32(kind):
        return pa.int32()
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(stored_type(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([part.with_type(stored_type(part.type)) for part in kind])
    return kind


def _field(shape: Shape, name: str, node: Node) -> pa.Field:
    inner, nullable = branch(node)
    found = None if shape.is_recursive(node) else _type(shape, inner)
    if found is None:
        return pa.field(name, pa.binary(), nullable=False, metadata=OPAQUE)
    return pa.field(name, found, nullable=nullable)


def _type(shape: Shape, node: Node) -> pa.DataType | None:
    node = shape.resolve(node)
    if isinstance(node, str):
        return _ARROW.get(node)
    if isinstance(node, list) or node["type"] == "map":
        return None
    if "logicalType" in node:
        return _ARROW[node["logicalType"]]
    if node["type"] == "enum":
        return pa.string()
    if node["type"] == "fixed":
        return pa.binary(node["size"])
    return _list(shape, node["items"]) if node["type"] == "array" else _struct(shape, node)


def _list(shape: Shape, items: Node) -> pa.DataType | None:
    inner, nullable = branch(items)
    found = _type(shape, inner)
    return None if found is None else pa.list_(pa.field("item", found, nullable=nullable))


def _struct(shape: Shape, node: Mapping[str, Node]) -> pa.DataType | None:
    fields = []
    for field in node["fields"]:
        inner, nullable = branch(field["type"])
        found = _type(shape, inner)
        if found is None:
            return None
        fields.append(pa.field(field["name"], found, nullable=nullable))
    return pa.struct(fields)


def _cast(array: pa.Array, field: pa.Field, shape: Shape) -> pa.Array:
    try:
        return array.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise PermanentError(
            f"schema {shape.record}, column {field.name!r}: {array.type} does not fit {field.type}"
        ) from error


def _refuse_nulls(shape: Shape, array: pa.Array, node: Node, path: str, absent: int = 0) -> None:
    inner, nullable = branch(node)
    if not nullable and array.null_count > absent:
        raise PermanentError(f"schema {shape.record}, {path}: a null where the schema allows none")
    inner = shape.resolve(inner)
    if not isinstance(inner, Mapping) or pa.types.is_binary(array.type):
        return
    match inner["type"]:
        case "record":
            parts = zip(children(inner), array.flatten(), strict=True)
            for (step, child), column in parts:
                _refuse_nulls(shape, column, child, path + step, array.null_count)
        case "array":
            _refuse_nulls(shape, array.flatten(), inner["items"], path)
        case "map":
            start, end = array.offsets[0].as_py(), array.offsets[-1].as_py()
            _refuse_nulls(shape, array.items.slice(start, end - start), inner["values"], path)

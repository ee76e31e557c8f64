"""The row path: fastavro, one event at a time, for schemas outside what columns do safely."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import fastavro
import pyarrow as pa

from lingqu.errors import PermanentError, Reason
from lingqu.wire.arrow_types import OPAQUE, arrow_schema, conform, stored_type
from lingqu.wire.decoded import Decoded
from lingqu.wire.records import MALFORMED, UNFIT, left_over, malformed, unfit
from lingqu.wire.shape import Node, Shape, without_logical_types

RECURSIVE_BODY_BYTES = 1000

Row = list[Any]

OUT_OF_RANGE = Reason("not_canonical", "a value is outside what its type allows")


class RowCodec:
    """Decodes and encodes field by field, so that what Arrow cannot hold stays as its own bytes."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self.arrow_schema = arrow_schema(shape)
        self._fields = _field_schemas(shape)
        self._opaque = [field.metadata == OPAQUE for field in self.arrow_schema]
        # fastavro recurses on the C stack: a few kilobytes of nesting would end the process.
        self._bounded = any(shape.is_recursive(node) for _, node in shape.fields)

    def decode(self, bodies: Sequence[bytes]) -> Decoded:
        """Decode completely: what is left over, malformed or disguised is refused by row."""
        rows: dict[int, Row] = {}
        refused: dict[int, Reason] = {}
        replaced: dict[int, bytes] = {}
        for index, body in enumerate(bodies):
            found = self._judge(body)
            if isinstance(found, Reason):
                refused[index] = found
                continue
            rows[index], canonical = found
            if canonical != body:
                replaced[index] = canonical
        columns = self._columns_or_none(list(rows.values()))
        if columns is None:
            unfit_rows = [i for i, row in rows.items() if self._columns_or_none([row]) is None]
            refused |= dict.fromkeys(unfit_rows, OUT_OF_RANGE)
            rows = {index: row for index, row in rows.items() if index not in refused}
            columns = self._columns(list(rows.values()))
        kept = {index: body for index, body in replaced.items() if index in rows}
        return Decoded(columns, list(rows) if refused else None, refused, kept)

    def encode(self, columns: pa.RecordBatch) -> list[bytes]:
        exact = conform(columns, self.arrow_schema, self._shape)
        lists = [column.cast(stored_type(column.type)).to_pylist() for column in exact.columns]
        return [self._write(row) for row in zip(*lists, strict=True)]

    def _judge(self, body: bytes) -> tuple[Row, bytes] | Reason:
        if self._bounded and len(body) > RECURSIVE_BODY_BYTES:
            limit = f"a recursive schema's event may take {RECURSIVE_BODY_BYTES} bytes"
            return Reason("too_large", limit)
        try:
            row, end = self._read(body)
        except MALFORMED as error:
            return malformed(error)
        if (reason := left_over(len(body) - end)) is not None:
            return reason
        canonical = self._write(row)
        # Blocks and long numbers only ever lengthen; the same length is a value out of range.
        if canonical != body and len(canonical) >= len(body):
            return OUT_OF_RANGE
        return row, canonical

    def _read(self, body: bytes) -> tuple[Row, int]:
        source = io.BytesIO(body)
        row = []
        for schema, opaque in zip(self._fields, self._opaque, strict=True):
            start = source.tell()
            value = fastavro.schemaless_reader(source, schema)["v"]
            row.append(body[start : source.tell()] if opaque else value)
        return row, source.tell()

    def _write(self, row: Sequence[Any]) -> bytes:
        target = io.BytesIO()
        for value, schema, opaque in zip(row, self._fields, self._opaque, strict=True):
            if opaque:
                target.write(value)
            else:
                _write_field(target, schema, value, self._shape.record)
        return target.getvalue()

    def _columns_or_none(self, rows: Sequence[Row]) -> pa.RecordBatch | None:
        try:
            return self._columns(rows)
        except (pa.ArrowInvalid, OverflowError, TypeError):
            return None

    def _columns(self, rows: Sequence[Row]) -> pa.RecordBatch:
        columns: Any = zip(*rows, strict=True) if rows else [()] * len(self._fields)
        arrays = [
            pa.array(list(column), field.type)
            for column, field in zip(columns, self.arrow_schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.arrow_schema)


def _write_field(target: io.BytesIO, schema: Node, value: Any, record: str) -> None:
    try:
        fastavro.schemaless_writer(target, schema, {"v": value})
    except UNFIT as error:
        raise PermanentError(unfit(record, error)) from error


def _field_schemas(shape: Shape) -> list[Node]:
    """Return a record of one field `v` for each field: its bytes are the field's bytes."""
    named: dict[str, Any] = {}
    fastavro.parse_schema(without_logical_types(shape.root), named_schemas=named)
    return [
        fastavro.parse_schema(
            {
                "type": "record",
                "name": f"LingquField{index}",
                "fields": [{"name": "v", "type": _by_name(without_logical_types(node))}],
            },
            named_schemas=named,
        )
        for index, (_, node) in enumerate(shape.fields)
    ]


def _by_name(node: Node) -> Node:
    """Return the node with each definition replaced by its name, since all names are known."""
    if isinstance(node, list):
        return [_by_name(part) for part in node]
    if not isinstance(node, Mapping):
        return node
    if "name" in node:
        return node["name"]
    return {key: _by_name(value) for key, value in node.items()}

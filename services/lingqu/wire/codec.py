"""Avro bodies to Arrow columns and back, by the fastest path that is safe for the schema."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import pyarrow as pa

from lingqu.errors import ContractError
from lingqu.wire.arrow_types import is_columnar
from lingqu.wire.columnar import ColumnCodec, Panicked
from lingqu.wire.decoded import Decoded
from lingqu.wire.framing import HEADER_BYTES, header
from lingqu.wire.records import RecordCodec
from lingqu.wire.rows import RowCodec
from lingqu.wire.shape import Shape, read_shape

logger = logging.getLogger(__name__)

T = TypeVar("T")


class AvroCodec:
    """Decodes and encodes the events of one schema; may be shared by threads.

    `columnar` says which path it takes: pyruhvro for the Avro profile of our own contracts,
    fastavro for anything else, and from the first panic on. Both give identical bytes.
    """

    def __init__(self, schema: str) -> None:
        """Read the schema. Raises ContractError: not valid, no record, or zero-width items."""
        self.schema = schema
        self._shape = read_shape(schema)
        self._rows = RowCodec(self._shape)
        self._records = RecordCodec(schema, self._shape)
        self._columns = self._column_codec()

    @property
    def columnar(self) -> bool:
        return self._columns is not None

    @property
    def record(self) -> str:
        """The schema's full name."""
        return self._shape.record

    @property
    def arrow_schema(self) -> pa.Schema:
        return (self._columns or self._rows).arrow_schema

    def decode(self, bodies: Sequence[bytes], *, trusted: bool = False) -> Decoded:
        """Decode bodies completely; what is wrong with one is told by its place.

        `trusted` leaves out the comparison with the re-encoded bytes, for events that were admitted
        before; garbage is still refused row by row.
        """
        return self._either(
            lambda codec: codec.decode(bodies, framed=False, trusted=trusted),
            lambda: self._rows.decode(bodies),
        )

    def decode_framed(self, payloads: Sequence[bytes], *, trusted: bool = False) -> Decoded:
        """Decode whole payloads that `group_by_schema` put under this schema: no slice is taken."""
        return self._either(
            lambda codec: codec.decode(payloads, framed=True, trusted=trusted),
            lambda: self._framed_rows(payloads),
        )

    def encode(self, columns: pa.RecordBatch) -> list[bytes]:
        """Encode columns, found by name. Raises PermanentError where they do not fit the schema."""
        return self._either(lambda codec: codec.encode(columns), lambda: self._rows.encode(columns))

    def encode_framed(self, columns: pa.RecordBatch, schema_id: int) -> list[bytes]:
        """Encode columns as whole payloads under that schema id."""
        payloads: list[bytes] = self.encode_column(columns, schema_id).to_pylist()
        return payloads

    def encode_column(self, columns: pa.RecordBatch, schema_id: int) -> pa.BinaryArray:
        """Encode columns as whole payloads in one array, for those who need no objects yet."""
        start = header(schema_id)
        return self._either(
            lambda codec: codec.encode_column(columns, schema_id),
            lambda: pa.array([start + body for body in self._rows.encode(columns)], pa.binary()),
        )

    def encode_rows(self, rows: Sequence[Mapping[str, Any]]) -> list[bytes]:
        """Encode dicts; instants may be datetimes or milliseconds. Raises PermanentError."""
        return [self._records.write(row) for row in rows]

    def decode_rows(self, bodies: Sequence[bytes]) -> list[dict[str, Any]]:
        """Decode trusted bodies to dicts; instants and days are whole numbers, as in rules."""
        return [self._records.read(body) for body in bodies]

    def _framed_rows(self, payloads: Sequence[bytes]) -> Decoded:
        found = self._rows.decode([payload[HEADER_BYTES:] for payload in payloads])
        replaced = {i: payloads[i][:HEADER_BYTES] + body for i, body in found.replaced.items()}
        return Decoded(found.columns, found.good, found.refused, replaced)

    def _column_codec(self) -> ColumnCodec | None:
        if not _safe_for_columns(self._shape):
            return None
        try:
            return ColumnCodec(self._shape, self._records.canonical)
        except (Panicked, ContractError):
            return None

    def _either(self, fast: Callable[[ColumnCodec], T], slow: Callable[[], T]) -> T:
        codec = self._columns
        if codec is None:
            return slow()
        try:
            return fast(codec)
        except Panicked:
            logger.exception("columnar path panicked", extra={"schema": self.record})
            self._columns = None
            return slow()


def _safe_for_columns(shape: Shape) -> bool:
    if any(shape.is_recursive(node) for _, node in shape.fields):
        return False
    return all(is_columnar(shape, node) for _, node in shape.fields)

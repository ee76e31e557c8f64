"""The columns of a view as a table has them, and a batch as rows ready for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.connect.batch import Batch
from lingqu.connect.columns import arrow_schema, json_text
from lingqu.table_columns import SEQUENCE, Column, Kind

# The envelope's field that tells a withdrawal.
CHANGE, WITHDRAWAL = "change", "withdrawal"


def columns_of(schema: str) -> tuple[Column, ...]:
    """Return the columns of an Avro schema, in its order."""
    return tuple(
        Column(field.name, _kind(field.type), bool(field.nullable))
        for field in arrow_schema(schema)
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """Events as rows: plain columns, lists as JSON text, and each row's place in the batch."""

    columns: pa.Table
    places: pa.Int64Array

    @classmethod
    def of(cls, batch: Batch, columns: Sequence[Column]) -> Rows:
        """Return the batch as rows in the order of the columns, `lq_seq` last."""
        found = batch.columns()
        ready = [
            json_text(column) if each.kind == "json" else column
            for each in columns
            for column in [found.column(each.name)]
        ]
        names = [*(column.name for column in columns), SEQUENCE]
        table = pa.Table.from_arrays([*ready, pa.array(batch.sequences, pa.int64())], names=names)
        return cls(table, pa.array(range(len(batch)), pa.int64()))

    def __len__(self) -> int:
        return len(self.places)

    def without(self, refused: Collection[int]) -> Rows:
        """Return the rows whose places in the batch are not among these."""
        if not refused:
            return self
        kept = pc.invert(pc.is_in(self.places, value_set=pa.array(refused, pa.int64())))
        return Rows(self.columns.filter(kept), self.places.filter(kept))

    def last_of_each(self, key: Sequence[str]) -> Rows:
        """Return the last row of each key, sorted by key: a statement meets each key once."""
        numbered = self.columns.select(list(key)).append_column(
            _ROW, pa.array(range(len(self)), pa.int64())
        )
        last = numbered.group_by(list(key), use_threads=False).aggregate([(_ROW, "max")])
        order = last.sort_by([(name, "ascending") for name in key]).column(f"{_ROW}_max")
        rows = order.combine_chunks()
        return Rows(self.columns.take(rows), self.places.take(rows))

    def halves(self) -> tuple[Rows, Rows]:
        """Return the first and the second half."""
        middle = len(self) // 2
        return (
            Rows(self.columns.slice(0, middle), self.places.slice(0, middle)),
            Rows(self.columns.slice(middle), self.places.slice(middle)),
        )


# No Avro field can have this name.
_ROW = "#row"


def _kind(kind: pa.DataType) -> Kind:
    if pa.types.is_nested(kind):
        return "json"
    if pa.types.is_timestamp(kind):
        return "instant"
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "bytes"
    return _KINDS[kind]


_KINDS: dict[pa.DataType, Kind] = {
    pa.string(): "text",
    pa.bool_(): "boolean",
    pa.int32(): "int",
    pa.int64(): "long",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.date32(): "day",
}

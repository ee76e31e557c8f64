"""Events as JSON lines: one object an event, UTF-8."""

from __future__ import annotations

import pyarrow as pa

from lingqu.connect.batch import Batch
from lingqu.connect.columns import numbered
from lingqu.connect.json_text import member, of_column, rows

_LINES = "", "\n", "\n"
_AT_ONCE = 5_000  # a Python object for each value of so many events, no more


def encode(batch: Batch, name: str) -> bytes:
    """Return the file; a number that is not finite becomes null, since JSON cannot write it."""
    del name
    columns = numbered(batch, _as_it_is)
    starts = range(0, len(batch), _AT_ONCE)
    return b"".join(_lines(columns.slice(start, _AT_ONCE)) for start in starts)


def _lines(columns: pa.RecordBatch) -> bytes:
    names = columns.schema.names
    members = [
        member(name, of_column(column)) for name, column in zip(names, columns.columns, strict=True)
    ]
    form = "{" + "".join(each.form for each in members)[1:] + "}"
    fills = [each.values for each in members if each.values is not None]
    return rows(form, fills, len(columns), _LINES)


def _as_it_is(column: pa.Array) -> pa.Array:
    return column

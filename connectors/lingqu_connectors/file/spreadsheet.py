"""Events as CSV that spreadsheets open: UTF-8 with a byte order mark, no cell a formula."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from lingqu.connect.batch import Batch
from lingqu.connect.columns import as_text, json_text, numbered

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# What makes a spreadsheet calculate a cell; the full-width forms do in Chinese locales.
_FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"


def encode(batch: Batch, name: str) -> bytes:
    """Return the file. A null is an empty cell, an empty text is `""`."""
    del name
    rows = numbered(batch, as_text)
    free_text = {field.name for field in batch.columns().schema if pa.types.is_string(field.type)}
    cells = [
        _without_formulas(column) if name in free_text else _cells(column)
        for name, column in zip(rows.schema.names, rows.columns, strict=True)
    ]
    sink = pa.BufferOutputStream()
    sink.write(_BYTE_ORDER_MARK)
    pa.csv.write_csv(pa.RecordBatch.from_arrays(cells, names=rows.schema.names), sink)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _cells(column: pa.Array) -> pa.Array:
    return json_text(column) if pa.types.is_nested(column.type) else column


def _without_formulas(column: pa.Array) -> pa.Array:
    """Put an apostrophe before what a spreadsheet would calculate, as it does itself for text."""
    risky = pc.match_substring_regex(column, _FORMULA)
    if not pc.any(risky).as_py():
        return column
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)

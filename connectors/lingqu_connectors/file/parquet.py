"""Events as a Parquet file, columns typed."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from lingqu.connect.batch import Batch
from lingqu.connect.columns import in_utc, numbered


def encode(batch: Batch, name: str) -> bytes:
    """Return the file; one version of the writer gives the same events the same bytes."""
    del name
    sink = pa.BufferOutputStream()
    table = pa.Table.from_batches([numbered(batch, in_utc)])
    pq.write_table(table, sink, compression="snappy", version="2.6")
    content: bytes = sink.getvalue().to_pybytes()
    return content

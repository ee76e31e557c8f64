"""Events as JSON lines: one object an event, UTF-8."""

from __future__ import annotations

import orjson

from lingqu.connect.batch import Batch
from lingqu.connect.columns import as_text, numbered


def encode(batch: Batch, name: str) -> bytes:
    """Return the file; a number that is not finite becomes null, since JSON cannot write it."""
    del name
    rows = numbered(batch, as_text).to_pylist(maps_as_pydicts="lossy")
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)

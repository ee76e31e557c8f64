from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from lingqu.quality.folding import Taken, fold
from lingqu.quality.score import Score
from lingqu.quality.yardstick import Yardstick
from lingqu.wire.arrow_types import OPAQUE


class Opaque(Yardstick):
    """Of one field on the row path: a column of its own Avro encoding."""

    def __init__(self) -> None:
        self.contract, self.deadline_s = "demo.tagged", None
        self.sized, self.nullable = ("tags",), ()
        self.columns = ["origin", "change", "mode", "occurred_at", "tags"]


@pytest.mark.parametrize(
    ("value", "filled"), [(b"\x00", 0), (b"\x02\x02a\x02b\x00", 1), (b"", 0), (None, 0)]
)
def test_what_is_kept_in_avro_is_filled_where_it_holds_more_than_nothing(
    value: bytes | None, filled: int
) -> None:
    columns: dict[str, Any] = {
        "origin": pa.array(["43"]),
        "change": pa.array(["first"]),
        "mode": pa.array(["live"]),
        "occurred_at": pa.array([0], pa.timestamp("ms")),
        "tags": pa.array([value], pa.binary()),
    }
    schema = pa.schema([(name, column.type) for name, column in columns.items()])
    schema = schema.set(4, schema.field(4).with_metadata(OPAQUE))
    batch = pa.RecordBatch.from_arrays(list(columns.values()), schema=schema)
    score = Score()
    fold(Opaque(), [Taken(0, batch)], {"43": score}.__getitem__)
    assert (score.filled["tags"], score.asked["tags"], score.timed) == (filled, 1, 0)

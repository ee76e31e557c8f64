"""A batch as CloudEvents in JSON: attributes from the envelope, the view's fields as data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

import orjson
import pyarrow as pa

from lingqu.connect.batch import Batch
from lingqu.connect.columns import as_text, map_leaves
from lingqu.errors import PermanentError

CONTENT_TYPE = "application/cloudevents-batch+json"


def encode(batch: Batch, region: str) -> bytes:
    """Return the body; the same events give the same bytes.

    Instants and days are ISO 8601 in UTC, bytes base64, numbers that are not finite null.
    """
    columns = batch.columns()
    names: list[str] = columns.schema.names
    values = [_plain(column) for column in columns.columns]
    by_name = dict(zip(names, values, strict=True))
    attributes = zip(
        event_ids(batch),
        [f"urn:lingqu:{origin}" for origin in by_name.get("origin", [region] * len(batch))],
        by_name.get("occurred_at", repeat(None)),
        map(_subject, batch.keys),
        batch.sequences,
        zip(*values, strict=True),
        strict=False,
    )
    return orjson.dumps(
        [
            {
                "specversion": "1.0",
                "id": event_id,
                "source": source,
                "type": batch.topic,
                **({} if time is None else {"time": time}),
                **({} if subject is None else {"subject": subject}),
                "lqseq": number,
                "datacontenttype": "application/json",
                "data": dict(zip(names, row, strict=True)),
            }
            for event_id, source, time, subject, number, row in attributes
        ]
    )


def event_ids(batch: Batch) -> Sequence[str]:
    """Return the stable ids of a batch's events."""
    try:
        ids: list[str] = batch.columns().column("event_id").to_pylist()
    except KeyError as error:
        raise PermanentError(
            f"the view of {batch.topic!r} has no event_id, and events need an id over HTTP; "
            "name that field in the view"
        ) from error
    return ids


def _plain(column: pa.Array) -> list[Any]:
    values: list[Any] = map_leaves(column, as_text).to_pylist(maps_as_pydicts="lossy")
    return values


def _subject(key: bytes | None) -> str | None:
    return None if key is None else key.decode("utf-8", "replace")

"""A batch as CloudEvents in JSON: attributes from the envelope, the view's fields as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    data = _rows(names, values)
    attributes = _attributes(batch, region, dict(zip(names, values, strict=True)))
    events = _rows([*attributes, "data"], [*attributes.values(), data])
    for event in events if None in batch.keys else ():
        if event["subject"] is None:
            del event["subject"]
    return orjson.dumps(events)


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


def _attributes(
    batch: Batch, region: str, values: dict[str, list[Any]]
) -> dict[str, Iterable[Any]]:
    """Return the context attributes by name, each for all events."""
    origins = values.get("origin", [region] * len(batch))
    urns = {origin: f"urn:lingqu:{origin}" for origin in set(origins)}
    attributes: dict[str, Iterable[Any]] = {
        "specversion": repeat("1.0"),
        "id": event_ids(batch),
        "source": map(urns.__getitem__, origins),
        "type": repeat(batch.topic),
    }
    if "occurred_at" in values:
        attributes["time"] = values["occurred_at"]
    attributes["subject"] = map(_text, batch.keys)
    attributes["lqseq"] = batch.sequences
    attributes["datacontenttype"] = repeat("application/json")
    return attributes


def _rows(names: Sequence[str], columns: Sequence[Iterable[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]


def _plain(column: pa.Array) -> list[Any]:
    """Return a column's values; only nested ones may hold maps, and looking for them is slow."""
    nested = {"maps_as_pydicts": "lossy"} if pa.types.is_nested(column.type) else {}
    values: list[Any] = map_leaves(column, as_text).to_pylist(**nested)
    return values


def _text(key: bytes | None) -> str | None:
    return None if key is None else key.decode("utf-8", "replace")

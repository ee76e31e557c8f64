"""A batch as CloudEvents in JSON: attributes from the envelope, the view's fields as data."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from lingqu.connect.batch import Batch
from lingqu.connect.json_text import Text, member, of_column, of_strings, rows
from lingqu.errors import PermanentError

_ID = "event_id"
CONTENT_TYPE = "application/cloudevents-batch+json"


def encode(batch: Batch, region: str, attempt: int = 1) -> bytes:
    """Return the body; the same events give the same bytes, but for those sent again."""
    columns = batch.columns()
    names: list[str] = columns.schema.names
    if _ID not in names:
        raise _no_ids(batch)
    values = dict(zip(names, map(of_column, columns.columns), strict=True))
    attributes = _attributes(batch, region, values)
    if attempt > 1:
        attributes.append(Text(f',"lqattempt":{attempt}'))
    data = [member(name, text) for name, text in values.items()]
    form = (
        f'{{"specversion":"1.0"{_forms(attributes)},"datacontenttype":"application/json",'
        f'"data":{{{_forms(data)[1:]}}}}}'
    )
    fills = [text.values for text in (*attributes, *data) if text.values is not None]
    return rows(form, fills, len(batch))


def event_ids(batch: Batch) -> Sequence[str]:
    """Return the stable ids of a batch's events."""
    ids: list[str] = batch.columns().column(_ID).to_pylist()
    return ids


def _attributes(batch: Batch, region: str, values: dict[str, Text]) -> list[Text]:
    """Return the context attributes, in their order."""
    found = [
        member("id", values[_ID]),
        member("source", _source(batch, region, values.get("origin"))),
        member("type", of_strings([batch.topic])),
    ]
    if "occurred_at" in values:
        found.append(member("time", values["occurred_at"]))
    return [*found, _subject(batch), member("lqseq", Text("%d", batch.sequences))]


def _source(batch: Batch, region: str, origin: Text | None) -> Text:
    if origin is None:
        return of_strings([f"urn:lingqu:{region}"])
    if origin.values is None:  # all of one region, as is usual
        return Text('"urn:lingqu:' + origin.form[1:])
    origins = batch.columns().column("origin").to_pylist()
    return of_strings([f"urn:lingqu:{each}" for each in origins])


def _subject(batch: Batch) -> Text:
    """Return the keys; an event without one has no subject."""
    keys = [None if key is None else key.decode("utf-8", "replace") for key in batch.keys]
    if None not in keys:
        return member("subject", of_strings(keys))
    named = ["" if key is None else f',"subject":{orjson.dumps(key).decode()}' for key in keys]
    return Text("%s", named)


def _forms(members: Sequence[Text]) -> str:
    return "".join(member.form for member in members)


def _no_ids(batch: Batch) -> PermanentError:
    return PermanentError(
        f"the view of {batch.topic!r} has no {_ID}, and events need an id over HTTP; name that "
        "field in the view"
    )

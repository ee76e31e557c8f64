"""Standing statements as the events that tell others of them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from lingqu.admission.filling import Lists
from lingqu.contracts.envelope import keyed_event_id
from lingqu_water.readings.model import Item, Reading
from lingqu_water.readings.places import Place
from lingqu_water.readings.record import Record, judged_validity

Columns = dict[str, Sequence[Any] | Lists]


class Told(NamedTuple):
    """A statement as it is told, or only judged: `cause` is the place of what brought it about."""

    reading: Reading
    record: Record
    place: Place
    change: str
    supersedes: str | None
    cause: int
    is_event: bool


def event_id_of(id_key: bytes, record: Record, supersedes: str | None) -> str:
    """Return the id of the event that lets the record stand instead of `supersedes`.

    The same statement under the same circumstances always makes the same event.
    """
    contested = b"?" if record.contested else b""
    content = b"%b|%b|%b" % (record.method.encode(), record.digest, contested)
    source = f"water|{supersedes or ''}"
    return keyed_event_id(id_key, source, record.section_code, record.sampled_at_ms, content)


def sample_columns(told: Sequence[Told]) -> Columns:
    """Return the columns of `water.sample` that say the records stand."""
    records = [each.record for each in told]
    readings = [each.reading for each in told]
    judged = [
        judged_validity(each.validity, each.validity_reason, each.contested) for each in records
    ]
    return {
        **{name: list(map(attrgetter(name), records)) for name in _FROM_RECORD},
        **{name: list(map(attrgetter(name), readings)) for name in _FROM_READING},
        "occurred_at": [_occurred_at(each) for each in records],
        "change": [each.change for each in told],
        "supersedes": [each.supersedes for each in told],
        "basin": [_of_place(each, "basin") for each in told],
        "river": [_of_place(each, "river") for each in told],
        "water_body": [
            each.place.kind if each.place.described else each.reading.water_body for each in told
        ],
        "sampled_at": [each.sampled_at_ms for each in records],
        "validity": [validity for validity, _ in judged],
        "validity_reason": [reason for _, reason in judged],
        "reviewed_at": [each.reviewed_at_ms for each in records],
        "items": _items(readings),
    }


_FROM_RECORD = (
    "event_id",
    "mode",
    "section_code",
    "reporting_region",
    "published_class",
    "station_status",
    "method",
    "data_level",
    "reviewed_by_org",
)
_FROM_READING = ("section_name", "operator_name", "operator_phone")


def _occurred_at(record: Record) -> int:
    """Return when it was stated, never after now: a sample dated ahead of the clock is refused."""
    return min(max(record.as_of_ms, record.sampled_at_ms), record.recorded_at_ms)


def _of_place(told: Told, name: str) -> str | None:
    known: str | None = getattr(told.place, name) if told.place.described else None
    said: str | None = getattr(told.reading, name)
    return known or said


def _items(readings: Sequence[Reading]) -> Lists:
    flat = [item for reading in readings for item in reading.items]
    columns = zip(*flat, strict=True) if flat else ((),) * len(Item._fields)
    return Lists(
        [len(reading.items) for reading in readings],
        dict(zip(Item._fields, columns, strict=True)),
    )

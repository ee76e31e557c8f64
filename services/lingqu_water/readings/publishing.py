"""A standing statement as the event that tells others of it."""

from __future__ import annotations

from typing import Any

from lingqu.contracts.envelope import keyed_event_id
from lingqu_water.readings.model import Item, Reading
from lingqu_water.readings.places import Place
from lingqu_water.readings.record import Record, judged_validity


def event_id_of(id_key: bytes, record: Record, supersedes: str | None) -> str:
    """Return the id of the event that lets the record stand instead of `supersedes`.

    The same statement under the same circumstances always makes the same event.
    """
    contested = b"?" if record.contested else b""
    content = b"|".join((record.method.encode(), record.digest, contested))
    source = f"water|{supersedes or ''}"
    return keyed_event_id(id_key, source, record.section_code, record.sampled_at_ms, content)


def sample_row(
    reading: Reading, record: Record, place: Place, *, change: str, supersedes: str | None
) -> dict[str, Any]:
    """Return the row of `water.sample` that says the record stands.

    It occurred when it was stated, never after now: a sample dated ahead of the clock is refused.
    """
    validity, reason = judged_validity(record.validity, record.validity_reason, record.contested)
    return {
        "event_id": record.event_id,
        "occurred_at": min(max(record.as_of_ms, record.sampled_at_ms), record.recorded_at_ms),
        "change": change,
        "supersedes": supersedes,
        "mode": record.mode,
        "section_code": record.section_code,
        "section_name": reading.section_name,
        "reporting_region": record.reporting_region,
        "basin": (place.basin if place.described else None) or reading.basin,
        "river": (place.river if place.described else None) or reading.river,
        "water_body": place.kind if place.described else reading.water_body,
        "sampled_at": record.sampled_at_ms,
        "published_class": record.published_class,
        "station_status": record.station_status,
        "method": record.method,
        "data_level": record.data_level,
        "validity": validity,
        "validity_reason": reason,
        "reviewed_by_org": record.reviewed_by_org,
        "reviewed_at": record.reviewed_at_ms,
        "operator_name": reading.operator_name,
        "operator_phone": reading.operator_phone,
        "items": [_item(item) for item in reading.items],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "value": item.value,
        "unit": item.unit,
        "flag": item.flag,
        "detection_limit": item.detection_limit,
    }

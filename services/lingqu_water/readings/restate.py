"""A stored statement made again, so that part of it can be said otherwise."""

from __future__ import annotations

from lingqu_water.readings.model import Reading, load_items
from lingqu_water.readings.places import Place
from lingqu_water.readings.record import Record


def restated(record: Record, place: Place) -> Reading:
    """Return the statement that the record holds."""
    return Reading(
        section_code=record.section_code,
        section_name=place.name,
        reporting_region=record.reporting_region,
        basin=place.basin,
        river=place.river,
        water_body=place.kind,
        sampled_at_ms=record.sampled_at_ms,
        published_class=record.published_class,
        station_status=record.station_status,
        method=record.method,
        data_level=record.data_level,
        validity=record.validity,
        validity_reason=record.validity_reason,
        reviewed_by_org=record.reviewed_by_org,
        reviewed_at_ms=record.reviewed_at_ms,
        items=load_items(record.items),
        as_of_ms=record.as_of_ms,
        ordinal=record.ordinal,
        withdrawn=bool(record.withdrawn),
    )

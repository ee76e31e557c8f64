"""Readings that come by topic: neighbours' hubs, the gateway, a file source."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from lingqu.inbox.handler import Received
from lingqu_water.readings.ledger import known_events
from lingqu_water.readings.model import Item, Reading
from lingqu_water.readings.plan import Offered
from lingqu_water.readings.take import Readings


class Arrivals:
    """Takes sample events as the statements they are; what this service published is known."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        return known_events(session, event_ids)

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        self._readings.adopt(
            session,
            [Offered(_reading(event), event["mode"], event["event_id"]) for event in events],
        )


def _reading(event: Received) -> Reading:
    """Return the event's statement, ranked by when it was made and where it stands on the topic.

    A change event without a class still shows what was measured; only one that is also invalid
    takes the reading back.
    """
    return Reading(
        section_code=event["section_code"],
        section_name=event["section_name"],
        reporting_region=event["reporting_region"],
        basin=event["basin"],
        river=event["river"],
        water_body=event["water_body"],
        sampled_at_ms=event["sampled_at"],
        published_class=event["published_class"],
        station_status=event["station_status"],
        method=event["method"],
        data_level=event["data_level"],
        validity=event["validity"],
        validity_reason=event["validity_reason"],
        reviewed_by_org=event["reviewed_by_org"],
        reviewed_at_ms=event["reviewed_at"],
        items=tuple(map(_item, event["items"])),
        as_of_ms=event["occurred_at"],
        ordinal=event.offset,
        withdrawn=event["change"] == "withdrawal" and event["validity"] == "invalid",
    )


def _item(item: Mapping[str, Any]) -> Item:
    return Item(item["code"], item["value"], item["unit"], item["flag"], item["detection_limit"])

"""Readings as events of `water.sample`: first statements, and what is said of them later."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lingqu.contracts.envelope import uuid7
from lingqu_water.judgement.classify import Judge
from lingqu_water.readings.model import Item
from lingqu_water.sections.model import Section
from lingqu_water.simulation.station import Observation

Event = dict[str, Any]

_REASONS = {"维护": "站点维护", "停站": "站点停站"}
_REVIEWER = "示例监测中心"
_ADJUSTED = 0.08  # how far a correction moves a value, at most
# Nobody has these: generated people are marked as such.
_OPERATORS = (("示例运维员甲", "0731-00000001"), ("示例运维员乙", "0731-00000002"))


@dataclass(frozen=True, slots=True)
class Moment:
    """When water was sampled, and when that was told."""

    sampled_at: datetime
    occurred_at: datetime


class Writer:
    """Writes the events of one hub."""

    def __init__(self, origin: str, judge: Judge, chance: random.Random) -> None:
        self._origin = origin
        self._judge = judge
        self._chance = chance

    def automatic(self, section: Section, seen: Observation, at: Moment) -> Event:
        """Return a station's reading as it is published: raw, doubtful while out of service."""
        event = self._first(section, seen.items, at) | {
            "station_status": seen.status,
            "method": "auto",
        }
        if seen.in_service:
            return event
        reason = {"validity": "doubtful", "validity_reason": _REASONS[seen.status]}
        return event | reason | {"published_class": None} | self._operator()

    def by_hand(self, section: Section, items: Sequence[Item], at: Moment) -> Event:
        """Return a sample taken by somebody beside the station."""
        return self._first(section, items, at) | {"method": "manual"} | self._operator()

    def revised(self, event: Event, at: datetime) -> Event:
        """Return the same reading with some values put right."""
        items = [self._adjusted(item) for item in event["items"]]
        moment = datetime.fromisoformat(event["sampled_at"])
        return self._correction(event, "revision", at) | {
            "items": items,
            "published_class": self._class(event["water_body"], _items(items), moment),
        }

    def reviewed(self, event: Event, at: datetime) -> Event:
        """Return the reading as somebody has reviewed it, the values as they were."""
        return self._correction(event, "revision", at) | {
            "data_level": "reviewed",
            "reviewed_by_org": _REVIEWER,
            "reviewed_at": at.isoformat(),
        }

    def withdrawn(self, event: Event, at: datetime) -> Event:
        """Return what is left of a reading that was taken back."""
        return self._correction(event, "withdrawal", at) | {
            "station_status": "维护",
            "published_class": None,
            "validity": "invalid",
            "validity_reason": "仪器故障,数据撤回",
            "items": [],
        }

    def _first(self, section: Section, items: Sequence[Item], at: Moment) -> Event:
        return {
            "event_id": uuid7(at.occurred_at),
            "occurred_at": at.occurred_at.isoformat(),
            "origin": self._origin,
            "section_code": section.code,
            "section_name": section.name,
            "reporting_region": section.reporting_region,
            "basin": section.basin,
            "river": section.river,
            "water_body": section.kind,
            "sampled_at": at.sampled_at.isoformat(),
            "published_class": self._class(section.kind, items, at.sampled_at),
            "data_level": "raw",
            "validity": "valid",
            "items": [item._asdict() for item in items],
        }

    def _correction(self, event: Event, change: str, at: datetime) -> Event:
        return event | {
            "event_id": uuid7(at),
            "occurred_at": at.isoformat(),
            "change": change,
            "supersedes": event["event_id"],
        }

    def _adjusted(self, item: dict[str, Any]) -> dict[str, Any]:
        value = item["value"]
        if value is None or item["unit"] not in ("mg/L", "NTU"):
            return item
        return item | {"value": round(value * (1 + self._chance.uniform(0, _ADJUSTED)), 3)}

    def _class(self, water_body: str, items: Sequence[Item], moment: datetime) -> str | None:
        return self._judge.classify(items, water_body, moment.date()).water_class

    def _operator(self) -> Event:
        name, phone = self._chance.choice(_OPERATORS)
        return {"operator_name": name, "operator_phone": phone}


def _items(rows: Sequence[dict[str, Any]]) -> tuple[Item, ...]:
    return tuple(Item(**row) for row in rows)

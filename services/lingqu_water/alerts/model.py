"""An alert as it is stored, told and answered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from lingqu_water.alerts.scale import RANK_OF_LEVEL

ALERT_TOPIC = "water.alert.v1"

Direction = Literal["own", "received"]

_IDS = uuid.UUID("6f6cd2ac-6f0e-5a55-9f4e-0d0a2c43b2f1")

# Fields of the event that are called otherwise here, since all times here are milliseconds.
_TIMES = {
    "started_at_ms": "started_at",
    "raised_at_ms": "raised_at",
    "ended_at_ms": "ended_at",
    "value_at_ms": "value_at",
    "handled_at_ms": "handled_at",
}
LISTS = ("downstream_regions", "causes", "sample_events")
_NOT_TOLD = {
    "direction",
    "origin",
    "withdrawn",
    "event_id",
    "told_at_ms",
    "opened_at_ms",
    "due_at_ms",
    "course",
}


@dataclass(frozen=True, slots=True)
class Alert:
    """What is known of an alert; `event_id` is the last event that said so.

    Our own are a function of readings and of what our people did; what was `received` is as its
    own region told it last. `course` is what judging the next reading goes on from.
    """

    alert_id: str
    direction: Direction
    origin: str
    section_code: str
    section_name: str
    reporting_region: str
    item_code: str
    level: str
    state: str
    started_at_ms: int
    raised_at_ms: int
    upstream_region: str | None = None
    downstream_regions: tuple[str, ...] = ()
    basin: str | None = None
    river: str | None = None
    item_name: str = ""
    judgement: str = "undecided"
    suspect: bool = False
    suspect_reason: str | None = None
    data_level: str = "raw"
    causes: tuple[str, ...] = ()
    ended_at_ms: int | None = None
    value: float | None = None
    value_at_ms: int | None = None
    unit: str = ""
    target_class: str | None = None
    limit_low: float | None = None
    limit_high: float | None = None
    multiple: float | None = None
    baseline: float | None = None
    sample_events: tuple[str, ...] = ()
    reminder: int = 0
    escalation: int = 0
    escalated_to: str | None = None
    handled_by: str | None = None
    handled_at_ms: int | None = None
    handling_note: str | None = None
    withdrawn: bool = False
    withdrawal_reason: str | None = None
    event_id: str = ""
    told_at_ms: int = 0
    opened_at_ms: int = 0
    due_at_ms: int | None = None
    course: str | None = None

    @property
    def rank(self) -> int:
        return RANK_OF_LEVEL[self.level]

    @property
    def over(self) -> bool:
        """Tell whether the water is back within its target, whatever people said."""
        return self.ended_at_ms is not None

    def tells(self) -> tuple[object, ...]:
        """Return what others learn of at once: a difference in anything else is not told."""
        return self.level, self.state, self.judgement, self.suspect, self.withdrawn

    def fields(self) -> dict[str, Any]:
        """Return the fields of an event that says all this, without its envelope."""
        told = {name: getattr(self, name) for name in _PLAIN}
        told |= {field: getattr(self, name) for name, field in _TIMES.items()}
        if self.state == "cleared" and not self.over:
            told["ended_at"] = self.handled_at_ms  # a person ended it before the water did
        return told | {name: list(getattr(self, name)) for name in LISTS}


_PLAIN = tuple(
    field.name
    for field in fields(Alert)
    if field.name not in _NOT_TOLD and field.name not in _TIMES and field.name not in LISTS
)


def alert_id_of(region: str, section_code: str, item_code: str, started_at_ms: int) -> str:
    """Return the id that the same alert always gets: nothing in it is secret."""
    return str(uuid.uuid5(_IDS, f"{region}|{section_code}|{item_code}|{started_at_ms}"))


def received_alert(event: Mapping[str, Any], opened_at_ms: int) -> Alert:
    """Return the alert as another region's event tells it."""
    told = {name: event[name] for name in _PLAIN}
    told |= {name: event[field] for name, field in _TIMES.items()}
    told |= {name: tuple(event[name]) for name in LISTS}
    return Alert(
        **told,
        direction="received",
        origin=event["origin"],
        withdrawn=event["change"] == "withdrawal",
        event_id=event["event_id"],
        told_at_ms=event["occurred_at"],
        opened_at_ms=opened_at_ms,
    )

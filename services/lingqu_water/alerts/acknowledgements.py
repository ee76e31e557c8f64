"""Who has acknowledged whose alert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lingqu_water.alerts.tables import ALERT_ACKNOWLEDGEMENT


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """One region's acknowledgement of what an alert said; the person may be withheld."""

    event_id: str
    alert_id: str
    region: str
    refers_to: str
    level: str
    at_ms: int
    who: str | None
    note: str | None


def acknowledgement_of(event: Mapping[str, Any]) -> Acknowledgement:
    """Return the acknowledgement that the event is."""
    return Acknowledgement(
        event_id=event["event_id"],
        alert_id=event["alert_id"],
        region=event["origin"],
        refers_to=event["refers_to"],
        level=event["level"],
        at_ms=event["handled_at"] or event["occurred_at"],
        who=event["handled_by"],
        note=event["handling_note"],
    )


def write_acknowledgement(session: Session, acknowledgement: Acknowledgement) -> None:
    session.execute(insert(ALERT_ACKNOWLEDGEMENT).values(asdict(acknowledgement)))


def acknowledgements_of(session: Session, alert_id: str) -> list[Acknowledgement]:
    """Return all of an alert, the earliest first."""
    columns = ALERT_ACKNOWLEDGEMENT.c
    found = select(ALERT_ACKNOWLEDGEMENT).where(columns.alert_id == alert_id)
    rows = session.execute(found.order_by(columns.at_ms, columns.event_id))
    return [Acknowledgement(**row._asdict()) for row in rows]

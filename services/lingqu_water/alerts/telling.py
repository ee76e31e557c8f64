"""Alerts told to others: each change of what an alert says is one event, and it stands as told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.orm import Session

from lingqu.outbox.events import Events
from lingqu_water.alerts.model import ALERT_TOPIC, Alert
from lingqu_water.alerts.store import note_events, write_alerts

Change = Literal["first", "revision", "withdrawal"]


@dataclass(frozen=True, slots=True)
class News:
    """What an alert is to say from now on; `event_id` in it is still that of its last event."""

    alert: Alert
    change: Change


def tell(session: Session, events: Events, news: Sequence[News], now_ms: int) -> list[Alert]:
    """Publish the news in order and store them; return the alerts as they now stand."""
    if not news:
        return []
    told = [replace(each.alert, told_at_ms=max(now_ms, each.alert.raised_at_ms)) for each in news]
    rows = [
        {
            "occurred_at": alert.told_at_ms,
            "change": each.change,
            "supersedes": alert.event_id or None,
            **alert.fields(),
        }
        for alert, each in zip(told, news, strict=True)
    ]
    event_ids = events.append(session, ALERT_TOPIC, rows)
    standing = [replace(a, event_id=event_id) for a, event_id in zip(told, event_ids, strict=True)]
    write_alerts(session, standing)
    changes = [each.change for each in news]
    note_events(session, list(zip(standing, changes, strict=True)))
    return standing

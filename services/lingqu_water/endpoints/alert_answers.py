"""Alerts as the endpoints answer them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu_water.alerts.acknowledgements import Acknowledgement, acknowledgements_of
from lingqu_water.alerts.acts import ActName
from lingqu_water.alerts.desk import handling_of, legal_acts
from lingqu_water.alerts.model import Alert
from lingqu_water.alerts.store import find_alert
from lingqu_water.alerts.tables import ALERT_EVENT
from lingqu_water.endpoints.statement import instant
from lingqu_water.sections.table import Regions

_INSTANTS = ("started_at", "raised_at", "ended_at", "value_at", "handled_at")
_NOT_REVIEWED = "未经审核"


def shown_alert(alert: Alert) -> dict[str, Any]:
    """Return what the alert says, as JSON carries it."""
    told = alert.fields()
    times = {name: moment(told[name]) for name in _INSTANTS}
    return {
        "alert_id": alert.alert_id,
        "direction": alert.direction,
        "origin": alert.origin,
        **told,
        **times,
        "remark": _NOT_REVIEWED if alert.data_level == "raw" else None,
        "withdrawn": alert.withdrawn,
        "event_id": alert.event_id,
        "told_at": instant(alert.told_at_ms),
        "next_reminder_at": moment(alert.due_at_ms),
    }


def moment(at_ms: int | None) -> str | None:
    return None if at_ms is None else instant(at_ms)


def detail_of(session: Session, alert_id: str, region: str, regions: Regions) -> dict[str, Any]:
    """Return all that is known of the alert; raise UnknownAlertError."""
    alert = find_alert(session, alert_id)
    answers = acknowledgements_of(session, alert_id)
    return {
        **shown_alert(alert),
        "possible": _possible(session, alert, answers, region),
        "regions": _regions(alert, answers, regions),
        "history": _history(session, alert_id),
    }


def _possible(
    session: Session, alert: Alert, answers: Sequence[Acknowledgement], region: str
) -> list[ActName]:
    if alert.direction == "own":
        return list(legal_acts(alert, handling_of(session, alert)))
    ours = {each.refers_to for each in answers if each.region == region}
    return [] if alert.event_id in ours else ["acknowledge"]


def _regions(
    alert: Alert, answers: Sequence[Acknowledgement], regions: Regions
) -> list[dict[str, Any]]:
    """Return who has acknowledged: all whom the alert is for, and who else did."""
    last = {each.region: each for each in answers}
    asked = [each for each in alert.downstream_regions if each != alert.origin]
    everyone = dict.fromkeys([*asked, *last])
    return [_region(code, regions.name(code), last.get(code), alert) for code in everyone]


def _region(code: str, name: str, answer: Acknowledgement | None, alert: Alert) -> dict[str, Any]:
    return {
        "region": code,
        "name": name,
        "acknowledged": answer is not None,
        "acknowledged_at": moment(answer.at_ms) if answer else None,
        "as_it_stands": answer is not None and answer.refers_to == alert.event_id,
        "level": answer.level if answer else None,
        "who": answer.who if answer else None,
        "note": answer.note if answer else None,
    }


def _history(session: Session, alert_id: str) -> list[dict[str, Any]]:
    columns = ALERT_EVENT.c
    found = select(ALERT_EVENT).where(columns.alert_id == alert_id).order_by(columns.id)
    return [
        {
            "event_id": row.event_id,
            "at": instant(row.at_ms),
            "change": row.change,
            "level": row.level,
            "state": row.state,
            "suspect": row.suspect,
            "reminder": row.reminder,
        }
        for row in session.execute(found)
    ]

"""What people do about alerts: one transaction an act, told to others with its commit."""

from __future__ import annotations

from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.errors import ConflictError, InputError
from lingqu.outbox.events import Events
from lingqu.service.database import database_errors
from lingqu_water.alerts.acknowledgements import (
    Acknowledgement,
    acknowledgements_of,
    write_acknowledgement,
)
from lingqu_water.alerts.acts import Act, ActName, Handling, IllegalActError, handling
from lingqu_water.alerts.anew import acts_about
from lingqu_water.alerts.model import ALERT_TOPIC, Alert
from lingqu_water.alerts.renewal import Renewals
from lingqu_water.alerts.store import acts_of, find_alert, lock_section, write_act
from lingqu_water.alerts.telling import News, tell


class AlreadyAcknowledgedError(ConflictError):
    """Our region has acknowledged all that another one's alert says so far."""

    def __init__(self, alert_id: str) -> None:
        super().__init__(
            f"alert {alert_id} has been acknowledged as it stands; possible is: nothing, until its "
            "region says something new"
        )


class AlertDesk:
    """Takes acts on alerts; may be shared by threads.

    Our own alerts are acknowledged, judged and cleared; another region's can be acknowledged, which
    that region learns as an event that names what it answers.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        events: Events,
        renewals: Renewals,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._events = events
        self._renewals = renewals
        self._clock = clock

    def act(self, alert_id: str, name: ActName, who: str, note: str | None) -> None:
        """Do it, or raise UnknownAlertError, IllegalActError or InputError; both say what may be.

        Raises UnavailableError where database or registry are away; nothing was done then.
        """
        if name == "false_alarm" and note is None:
            raise InputError("a false alarm is explained; say in `note` what was found")
        now_ms = int(self._clock.now().timestamp() * 1000)
        with database_errors(), self._sessions.begin() as session:
            alert = find_alert(session, alert_id)
            if alert.direction == "own":
                self._handle(session, alert, name, who, note, now_ms)
            else:
                self._answer(session, alert_id, name, who, note, now_ms)

    def _handle(
        self,
        session: Session,
        seen: Alert,
        name: ActName,
        who: str,
        note: str | None,
        now_ms: int,
    ) -> None:
        lock_section(session, seen.section_code)
        alert = find_alert(session, seen.alert_id)
        done = handling_of(session, alert)
        legal = legal_acts(alert, done)
        if name not in legal:
            state = "withdrawn" if alert.withdrawn else alert.state
            raise IllegalActError(alert.alert_id, state, name, legal)
        act = Act(name, alert.rank, alert.started_at_ms, now_ms, who, note)
        write_act(session, alert, act)
        after = self._renewals.at(now_ms).handled(alert, done.after(act))
        tell(session, self._events, [News(after, "revision")], now_ms)

    def _answer(
        self,
        session: Session,
        alert_id: str,
        name: ActName,
        who: str,
        note: str | None,
        now_ms: int,
    ) -> None:
        alert = find_alert(session, alert_id, lock=True)
        if name != "acknowledge":
            whose = f"received from {alert.origin}"
            raise IllegalActError(alert_id, whose, name, ["acknowledge"])
        region = self._renewals.region
        answered = {
            each.refers_to
            for each in acknowledgements_of(session, alert_id)
            if each.region == region
        }
        if alert.event_id in answered:
            raise AlreadyAcknowledgedError(alert_id)
        row = _acknowledging(alert, who, note, now_ms)
        (event_id,) = self._events.append(session, ALERT_TOPIC, [row])
        write_acknowledgement(
            session,
            Acknowledgement(
                event_id, alert_id, region, alert.event_id, alert.level, now_ms, who, note
            ),
        )


def handling_of(session: Session, alert: Alert) -> Handling:
    """Return what our people have made of an alert of ours as it stands."""
    acts = acts_about(
        acts_of(session, alert.section_code),
        alert.item_code,
        alert.started_at_ms,
        alert.ended_at_ms,
    )
    return handling(acts, alert.rank)


def legal_acts(alert: Alert, done: Handling) -> tuple[ActName, ...]:
    """Return what our people may do about an alert of ours."""
    return () if alert.withdrawn else done.legal(over=alert.over)


def _acknowledging(alert: Alert, who: str, note: str | None, now_ms: int) -> dict[str, object]:
    """Return the event that answers the alert: what it speaks of, and who acknowledges it."""
    return {
        **alert.fields(),
        "occurred_at": max(now_ms, alert.raised_at_ms),
        "kind": "acknowledgement",
        "refers_to": alert.event_id,
        "state": "acknowledged",
        "judgement": "undecided",
        "reminder": 0,
        "escalation": 0,
        "escalated_to": None,
        "handled_by": who,
        "handled_at": now_ms,
        "handling_note": note,
        "withdrawal_reason": None,
    }

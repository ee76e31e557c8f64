"""Alerts that nobody acknowledged, sent again by the timetable of their level."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events
from lingqu_water.alerts.acts import STATES
from lingqu_water.alerts.renewal import Renewals
from lingqu_water.alerts.scale import LEVELS
from lingqu_water.alerts.store import find_alert, lock_section
from lingqu_water.alerts.tables import ALERT
from lingqu_water.alerts.telling import News, tell
from lingqu_water.metrics import ALERTS, REMINDERS, UNACKNOWLEDGED_SECONDS

_AT_ONCE = 500


class Reminding:
    """Sends each alert again when it is due, and once only, however long nobody looked."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        events: Events,
        renewals: Renewals,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._sessions = sessions
        self._events = events
        self._renewals = renewals
        self._clock = clock
        self._metrics = metrics

    def round(self) -> None:
        """Send again what is due now, and count what is open."""
        now_ms = int(self._clock.now().timestamp() * 1000)
        for alert_id in self._due(now_ms):
            self._remind(alert_id, now_ms)
        self._count(now_ms)

    def _due(self, now_ms: int) -> list[str]:
        due = select(ALERT.c.alert_id).where(ALERT.c.due_at_ms <= now_ms)
        with self._sessions() as session:
            return list(session.scalars(due.order_by(ALERT.c.due_at_ms).limit(_AT_ONCE)))

    def _remind(self, alert_id: str, now_ms: int) -> None:
        """Look again under the lock: somebody may have acknowledged it just now."""
        with self._sessions.begin() as session:
            lock_section(session, find_alert(session, alert_id).section_code)
            alert = find_alert(session, alert_id)
            if alert.due_at_ms is None or alert.due_at_ms > now_ms:
                return
            again = self._renewals.at(now_ms).reminded(alert)
            tell(session, self._events, [News(again, "revision")], now_ms)
        self._metrics.inc(REMINDERS, level=alert.level)

    def _count(self, now_ms: int) -> None:
        columns = ALERT.c
        ours = (columns.direction == "own", columns.withdrawn.is_(False))
        states = select(columns.level, columns.state, func.count()).where(*ours)
        oldest = select(columns.level, func.min(columns.opened_at_ms))
        oldest = oldest.where(*ours, columns.state == "open").group_by(columns.level)
        with self._sessions() as session:
            rows = session.execute(states.group_by(columns.level, columns.state))
            counted = {(row[0], row[1]): row[2] for row in rows}
            since = {row[0]: row[1] for row in session.execute(oldest)}
        for level in LEVELS:
            for state in STATES:
                self._metrics.set(ALERTS, counted.get((level, state), 0), level=level, state=state)
            age_ms = now_ms - since[level] if level in since else 0
            self._metrics.set(UNACKNOWLEDGED_SECONDS, age_ms / 1000, level=level)

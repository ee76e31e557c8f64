"""What is done about objections by the clock."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.instants import milliseconds
from lingqu.metrics import Metrics
from lingqu_credit.metrics import OVERDUE_OBJECTIONS
from lingqu_credit.objections.desk import ObjectionDesk
from lingqu_credit.objections.lifecycle import OPEN
from lingqu_credit.tables import OBJECTION


class ObjectionRounds:
    """Takes corrections that have come, and counts objections to our records that are overdue."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        desk: ObjectionDesk,
        region: str,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._sessions = sessions
        self._desk = desk
        self._region = region
        self._clock = clock
        self._metrics = metrics

    def round(self) -> None:
        """Answer corrections that have come, and count our objections that are overdue."""
        now_ms = milliseconds(self._clock.now())
        columns = OBJECTION.c
        late = select(columns.objection_id).where(
            columns.state.in_(OPEN),
            columns.record_origin == self._region,
            columns.answer_by_ms < now_ms,
        )
        with self._sessions.begin() as session:
            self._desk.take_corrections(session)
            overdue = len(list(session.scalars(late)))
        self._metrics.set(OVERDUE_OBJECTIONS, overdue)

"""Who has yet to stop using a repaired record, by name."""

from __future__ import annotations

import logging
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.instants import milliseconds
from lingqu.metrics import Metrics
from lingqu_credit.metrics import OVERDUE_STOP_USES, REPAIRS
from lingqu_credit.regions import Regions
from lingqu_credit.repairs.lifecycle import STATES, course
from lingqu_credit.repairs.store import STEPS, step_of
from lingqu_credit.tables import REPAIR

logger = logging.getLogger(__name__)


class Chasing:
    """Counts repairs by state, and by region the grants that are overdue; each is logged once."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        region: str,
        regions: Regions,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._sessions = sessions
        self._region = region
        self._regions = regions
        self._clock = clock
        self._metrics = metrics
        self._told: set[tuple[str, str]] = set()
        self._counted: set[str] = set()

    def round(self) -> None:
        now_ms = milliseconds(self._clock.now())
        with self._sessions() as session:
            self._count_states(session)
            overdue = self.overdue(session, now_ms)
        late = Counter(region for _, region in overdue)
        for region in self._counted | late.keys():
            self._metrics.set(OVERDUE_STOP_USES, late[region], region=region)
        self._counted |= late.keys()
        for repair_id, region in overdue:
            if (repair_id, region) not in self._told:
                self._told.add((repair_id, region))
                logger.warning(
                    "no stop-use by the deadline",
                    extra={"repair": repair_id, "region": self._regions.name(region)},
                )

    def overdue(self, session: Session, now_ms: int) -> list[tuple[str, str]]:
        """Return the grants of ours past their deadline, each with a region that has to answer."""
        columns = REPAIR.c
        late = session.scalars(
            select(columns.repair_id).where(
                columns.state == "propagating",
                columns.record_origin == self._region,
                columns.stop_by_ms < now_ms,
            )
        )
        steps = STEPS.documents_of(session, list(late))
        return [
            (repair_id, region)
            for repair_id, told in steps.items()
            for region in course(map(step_of, told), now_ms).unanswered
        ]

    def _count_states(self, session: Session) -> None:
        columns = REPAIR.c
        rows = session.execute(
            select(columns.state, func.count())
            .where(columns.record_origin == self._region)
            .group_by(columns.state)
        )
        counted = {row[0]: row[1] for row in rows}
        for state in STATES:
            self._metrics.set(REPAIRS, counted.get(state, 0), state=state)

"""Months are closed some days after their end: every section then has an assessment."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu_water.assessments.publish import Assessments
from lingqu_water.assessments.rule import AssessmentRule
from lingqu_water.assessments.store import AssessmentStore
from lingqu_water.period import Month, month_at, month_of


class Closing:
    """Closes the months that are due, each once, however many processes try.

    A hub that never closed one begins with the last month that is due.
    """

    def __init__(self, assessments: Assessments, rule: AssessmentRule, clock: Clock) -> None:
        self._assessments = assessments
        self._rule = rule
        self._clock = clock
        self._store = AssessmentStore()

    def close_due(self, sessions: sessionmaker[Session]) -> None:
        """Close all months that are due, each in a transaction of its own."""
        while True:
            with sessions.begin() as session:
                closed = self.close_next(session)
            if closed is None:
                return

    def close_next(self, session: Session) -> Month | None:
        """Close one month that is due, in the caller's transaction; None when none is.

        Every section of which anything was measured in it is assessed; those with too little
        final data are said to be insufficient.
        """
        month = self._next_due(session)
        if month is None or not self._store.close(session, str(month), self._now_ms()):
            return None
        codes = self._store.sections_with_readings(session, month.from_ms, month.until_ms)
        self._assessments.assess(session, {(code, str(month)) for code in codes})
        return month

    def _next_due(self, session: Session) -> Month | None:
        due = self._last_due()
        last = self._store.last_closed(session)
        month = month_of(last).next if last else due
        return month if month <= due else None

    def _last_due(self) -> Month:
        """Return the last month whose end is so many days behind that it is closed."""
        behind = timedelta(days=self._rule.close_after_days)
        month = month_at(int((self._clock.now() - behind).timestamp() * 1000))
        return _before(month)

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)


def _before(month: Month) -> Month:
    return month_at(month.from_ms - 1)

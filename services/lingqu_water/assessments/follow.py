"""Assessments kept true to the readings they stand on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lingqu_water.assessments.publish import Assessments
from lingqu_water.assessments.store import AssessmentStore, Pair
from lingqu_water.period import month_at
from lingqu_water.readings.follow import Change

_FINAL = "final"


class AssessmentFollower:
    """Recomputes the assessments that a changed final reading is part of.

    A month without an assessment gets none by this, unless the month is closed: then a section
    whose data come late is assessed with them.
    """

    def __init__(self, assessments: Assessments) -> None:
        self._assessments = assessments
        self._store = AssessmentStore()

    def follow(self, session: Session, changes: Sequence[Change]) -> None:
        touched = {_pair(change) for change in changes if _is_final(change)}
        if not touched:
            return
        pairs = set(self._store.standing(session, touched))
        closed = self._store.closed(session, {month for _, month in touched})
        pairs |= {pair for pair in touched if pair[1] in closed}
        if pairs:
            self._assessments.assess(session, pairs)


def _is_final(change: Change) -> bool:
    before = change.before
    return change.after.data_level == _FINAL or (before is not None and before.data_level == _FINAL)


def _pair(change: Change) -> Pair:
    return change.after.section_code, str(month_at(change.after.sampled_at_ms))

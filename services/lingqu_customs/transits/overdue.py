"""Legs that departed, should have arrived and have not. What is back-filled is never overdue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.instants import milliseconds
from lingqu.metrics import Metrics
from lingqu_customs.declarations.work_items import OPEN
from lingqu_customs.metrics import OPEN_WORK_ITEMS, OVERDUE_LEGS
from lingqu_customs.tables import TRANSIT, WORK_ITEM
from lingqu_customs.transits.story import ENDED

_DEPARTED = TRANSIT.c
_PLACE = _DEPARTED.transit_no, _DEPARTED.leg


def overdue_legs(
    session: Session, now_ms: int, after: tuple[str | int, ...] | None, limit: int
) -> Sequence[Row[Any]]:
    """Return so many departures whose arrival is overdue, by number and leg, after that place."""
    wanted = select(TRANSIT).where(_overdue(now_ms))
    if after is not None:
        wanted = wanted.where(tuple_(*_PLACE) > tuple_(*after))
    return session.execute(wanted.order_by(*_PLACE).limit(limit)).all()


class Counting:
    """Counts what waits for people, by the clock."""

    def __init__(self, sessions: sessionmaker[Session], clock: Clock, metrics: Metrics) -> None:
        self._sessions = sessions
        self._clock = clock
        self._metrics = metrics

    def round(self) -> None:
        now_ms = milliseconds(self._clock.now())
        legs = select(func.count()).select_from(TRANSIT).where(_overdue(now_ms))
        items = select(func.count()).select_from(WORK_ITEM).where(WORK_ITEM.c.state == OPEN)
        with self._sessions() as session:
            self._metrics.set(OVERDUE_LEGS, session.scalar(legs) or 0)
            self._metrics.set(OPEN_WORK_ITEMS, session.scalar(items) or 0)


def _overdue(now_ms: int) -> ColumnElement[bool]:
    later = TRANSIT.alias("later")
    same_leg = and_(
        later.c.transit_no == _DEPARTED.transit_no,
        later.c.leg == _DEPARTED.leg,
        later.c.step.in_(ENDED),
        later.c.change != "withdrawal",
    )
    return and_(
        _DEPARTED.step == "departed",
        _DEPARTED.change != "withdrawal",
        _DEPARTED.due_at < now_ms,
        _DEPARTED.mode == "live",
        ~exists().where(same_leg),
    )

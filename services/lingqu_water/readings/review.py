"""Readings reviewed: said again at a higher level, in an organisation's name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from lingqu.errors import InputError, NotFoundError
from lingqu_water.readings.live import known_live
from lingqu_water.readings.model import LIVE, Reading
from lingqu_water.readings.places import Place, lock_place
from lingqu_water.readings.plan import Offered
from lingqu_water.readings.record import Record
from lingqu_water.readings.restate import restated
from lingqu_water.readings.store import HEAD_COLUMNS
from lingqu_water.readings.take import Readings, Taken
from lingqu_water.tables import READING

MOST = 20_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a review says of all the readings it covers."""

    level: str
    organisation: str
    validity: str
    reason: str | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """The readings of one section, from the one moment to before the other."""

    section: str
    from_ms: int
    until_ms: int
    methods: Collection[str] | None = None


def review(session: Session, readings: Readings, stretch: Stretch, verdict: Verdict) -> Taken:
    """Take every reading of the stretch again as the verdict says; each change is an event.

    What was filled in afterwards is, reviewed, no more live than before: it raises no alert.
    A reading that is of a higher level already stays as it is. Raises NotFoundError for an unknown
    section, InputError for a stretch too long for one transaction.
    """
    place = lock_place(session, stretch.section)
    if place is None:
        raise NotFoundError(
            f"no section {stretch.section!r} was ever read; GET /v1/sections lists those there are"
        )
    conditions = _conditions(stretch)
    count = session.scalar(select(func.count()).select_from(READING).where(*conditions)) or 0
    if count > MOST:
        raise InputError(
            f"the stretch holds {count} readings, and one review takes {MOST}; divide it by time"
        )
    statement = select(*HEAD_COLUMNS).where(*conditions).order_by(READING.c.sampled_at_ms)
    heads = [Record(*row) for row in session.execute(statement)]
    beside = known_live(session, [head.key for head in heads])
    return readings.restate(
        session,
        [
            Offered(_reviewed(head, place, verdict), LIVE if head.key in beside else head.mode)
            for head in heads
        ],
    )


def _conditions(stretch: Stretch) -> list[ColumnElement[bool]]:
    columns = READING.c
    found = [
        columns.section_code == stretch.section,
        columns.sampled_at_ms >= stretch.from_ms,
        columns.sampled_at_ms < stretch.until_ms,
    ]
    if stretch.methods:
        found.append(columns.method.in_(list(stretch.methods)))
    return found


def _reviewed(head: Record, place: Place, verdict: Verdict) -> Reading:
    return restated(head, place)._replace(
        data_level=verdict.level,
        validity=verdict.validity,
        validity_reason=None if verdict.validity == "valid" else verdict.reason,
        reviewed_by_org=verdict.organisation,
        reviewed_at_ms=verdict.at_ms,
        as_of_ms=verdict.at_ms,
        ordinal=0,
    )

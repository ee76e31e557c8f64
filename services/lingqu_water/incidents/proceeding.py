"""A dispute or a consultation with its steps, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.errors import NotFoundError
from lingqu_water.incidents.model import ENVELOPE
from lingqu_water.incidents.procedure import Procedure, Taken
from lingqu_water.incidents.tables import PROCEEDING, PROCEEDING_REGION, PROCEEDING_STEP


@dataclass(frozen=True, slots=True)
class Proceeding:
    """What regions go through together, as its steps leave it."""

    proceeding_id: str
    state: str
    title: str
    opener: str
    others: tuple[str, ...]
    opened_at_ms: int
    told_at_ms: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was told; `document` holds the event's fields."""

    taken: Taken
    anomaly: bool
    document: Mapping[str, Any]


class UnknownProceedingError(NotFoundError):
    """There is no proceeding of that id."""

    def __init__(self, procedure: Procedure, proceeding_id: str) -> None:
        super().__init__(
            f"there is no {procedure.name} {proceeding_id!r}; GET {procedure.path} lists those "
            "there are"
        )


def proceeding_of(row: Row[Any]) -> Proceeding:
    return Proceeding(
        row.proceeding_id,
        row.state,
        row.title,
        row.opener,
        tuple(orjson.loads(row.others)),
        row.opened_at_ms,
        row.told_at_ms,
    )


def known_proceeding(
    session: Session, procedure: Procedure, proceeding_id: str, *, lock: bool = True
) -> Proceeding | None:
    """Return the proceeding, None where nobody has told of it."""
    columns = PROCEEDING.c
    statement = select(PROCEEDING).where(
        columns.procedure == procedure.name, columns.proceeding_id == proceeding_id
    )
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else proceeding_of(row)


def find_proceeding(
    session: Session, procedure: Procedure, proceeding_id: str, *, lock: bool = False
) -> Proceeding:
    """Return the proceeding; raise UnknownProceedingError."""
    found = known_proceeding(session, procedure, proceeding_id, lock=lock)
    if found is None:
        raise UnknownProceedingError(procedure, proceeding_id)
    return found


def steps_of(session: Session, procedure: Procedure, proceeding_id: str) -> list[Step]:
    """Return all steps of the proceeding in their order."""
    columns = PROCEEDING_STEP.c
    found = select(PROCEEDING_STEP).where(
        columns.procedure == procedure.name, columns.proceeding_id == proceeding_id
    )
    ordered = found.order_by(columns.sequence, columns.told_at_ms, columns.event_id)
    return [
        Step(
            Taken(row.event_id, row.sequence, row.step, row.origin, row.told_at_ms),
            row.anomaly,
            orjson.loads(row.document),
        )
        for row in session.execute(ordered)
    ]


def take_event(session: Session, procedure: Procedure, event: Mapping[str, Any]) -> None:
    """Keep the step that the event is, and let the proceeding stand as all its steps leave it.

    The steps decide together, so that it makes no difference in which order they came.
    """
    proceeding_id = event[procedure.id_field]
    known_proceeding(session, procedure, proceeding_id)  # locked
    _write_step(session, procedure, event)
    steps = steps_of(session, procedure, proceeding_id)
    opening = _opening(procedure, steps)
    opener = opening.document[procedure.opener_field]
    others = _regions(opening.document[procedure.others_field])
    course = procedure.course([step.taken for step in steps], opener, others)
    _mark(session, procedure, proceeding_id, course.anomalies)
    standing = Proceeding(
        proceeding_id=proceeding_id,
        state=course.state or procedure.opening,
        title=opening.document["title"],
        opener=opener,
        others=others,
        opened_at_ms=opening.taken.told_at_ms,
        told_at_ms=max(step.taken.told_at_ms for step in steps),
    )
    _write(session, procedure, standing)


def _opening(procedure: Procedure, steps: Sequence[Step]) -> Step:
    """Return the step that opened it; where that has not come yet, the first there is."""
    for step in steps:
        opener = step.document[procedure.opener_field]
        if step.taken.step == procedure.opening and step.taken.origin == opener:
            return step
    return steps[0]


def _regions(others: str | Sequence[str]) -> tuple[str, ...]:
    return (others,) if isinstance(others, str) else tuple(others)


def _write_step(session: Session, procedure: Procedure, event: Mapping[str, Any]) -> None:
    document = {name: value for name, value in event.items() if name not in ENVELOPE}
    session.execute(
        insert(PROCEEDING_STEP).values(
            event_id=event["event_id"],
            procedure=procedure.name,
            proceeding_id=event[procedure.id_field],
            sequence=event["sequence"],
            step=event["step"],
            origin=event["origin"],
            told_at_ms=event["occurred_at"],
            anomaly=False,
            document=orjson.dumps(document).decode(),
        )
    )


def _mark(
    session: Session, procedure: Procedure, proceeding_id: str, anomalies: frozenset[str]
) -> None:
    columns = PROCEEDING_STEP.c
    of_it = (columns.procedure == procedure.name, columns.proceeding_id == proceeding_id)
    marked = update(PROCEEDING_STEP).where(*of_it)
    session.execute(marked.values(anomaly=columns.event_id.in_(anomalies)))


def _write(session: Session, procedure: Procedure, proceeding: Proceeding) -> None:
    postgres = session.get_bind().dialect.name == "postgresql"
    insertion: Any = postgresql.insert if postgres else sqlite.insert
    values = {
        "procedure": procedure.name,
        "proceeding_id": proceeding.proceeding_id,
        "state": proceeding.state,
        "title": proceeding.title,
        "opener": proceeding.opener,
        "others": orjson.dumps(proceeding.others).decode(),
        "opened_at_ms": proceeding.opened_at_ms,
        "told_at_ms": proceeding.told_at_ms,
    }
    key = ["procedure", "proceeding_id"]
    upsert = insertion(PROCEEDING).values(values)
    session.execute(upsert.on_conflict_do_update(index_elements=key, set_=values))
    rows = [
        {"procedure": procedure.name, "proceeding_id": proceeding.proceeding_id, "region": region}
        for region in {proceeding.opener, *proceeding.others}
    ]
    session.execute(insertion(PROCEEDING_REGION).on_conflict_do_nothing(), rows)

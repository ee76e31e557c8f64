"""Repairs and their steps, as rows: they name a record and tell nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.keys import texts_of
from lingqu.errors import NotFoundError
from lingqu_credit.repairs.lifecycle import Course, Step, course
from lingqu_credit.tables import REPAIR, REPAIR_STEP

REPAIR_TOPIC = "credit.repair.v1"


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair, as its steps leave it."""

    repair_id: str
    record_kind: str
    record_id: str
    record_origin: str
    state: str
    told_at_ms: int


class UnknownRepairError(NotFoundError):
    """There is no repair of that id."""

    def __init__(self, repair_id: str) -> None:
        super().__init__(f"there is no repair {repair_id!r}; GET /v1/repairs lists those there are")


def find_repair(session: Session, repair_id: str, *, lock: bool = False) -> Repair:
    """Return the repair; raise UnknownRepairError."""
    found = select(REPAIR).where(REPAIR.c.repair_id == repair_id)
    row = session.execute(found.with_for_update() if lock else found).one_or_none()
    if row is None:
        raise UnknownRepairError(repair_id)
    return repair_of(row)


def repair_of(row: Row[Any]) -> Repair:
    return Repair(
        row.repair_id,
        row.record_kind,
        row.record_id,
        row.record_origin,
        row.state,
        row.told_at_ms,
    )


def documents_of(session: Session, repair_id: str) -> list[dict[str, Any]]:
    """Return the steps as they were told, in their order."""
    found = select(REPAIR_STEP.c.document).where(REPAIR_STEP.c.repair_id == repair_id)
    told = [orjson.loads(document) for document in session.scalars(found)]
    return sorted(told, key=lambda one: (one["sequence"], one["occurred_at"], one["event_id"]))


def step_of(event: Mapping[str, Any]) -> Step:
    return Step(
        event["event_id"],
        event["step"],
        event["sequence"],
        event["origin"],
        event["occurred_at"],
        event.get("refers_to"),
        tuple(event.get("recipients") or ()),
        event.get("stop_by"),
    )


def course_of(session: Session, repair_id: str, now_ms: int) -> Course:
    """Return what the repair's steps amount to now."""
    return course(map(step_of, documents_of(session, repair_id)), now_ms)


def known_steps(session: Session, event_ids: Sequence[str]) -> Collection[str]:
    """Return those of the steps that are kept."""
    column, wanted = REPAIR_STEP.c.event_id, texts_of(session, event_ids)
    return set(session.scalars(select(column).join(wanted, column == wanted.c.text)))


def take_step(session: Session, event: Mapping[str, Any], now_ms: int) -> Course:
    """Keep a step, and let the repair stand as all its steps leave it."""
    repair_id = event["repair_id"]
    session.execute(
        insert(REPAIR_STEP).values(
            event_id=event["event_id"],
            repair_id=repair_id,
            step=event["step"],
            document=orjson.dumps(dict(event)).decode(),
        )
    )
    at = course_of(session, repair_id, now_ms)
    values = {
        "repair_id": repair_id,
        "record_kind": event["record_kind"],
        "record_id": event["record_id"],
        "record_origin": event["record_origin"],
        "state": at.state,
        "stop_by_ms": at.grant.stop_by_ms if at.grant else None,
        "told_at_ms": event["occurred_at"],
    }
    postgres = session.get_bind().dialect.name == "postgresql"
    insertion: Any = postgresql.insert if postgres else sqlite.insert
    upsert = insertion(REPAIR).values(values)
    session.execute(upsert.on_conflict_do_update(index_elements=["repair_id"], set_=values))
    return at

"""Repairs and their steps, as rows: they name a record and tell nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lingqu.errors import NotFoundError
from lingqu_credit.procedure import told_of
from lingqu_credit.repairs.lifecycle import Course, Step, course
from lingqu_credit.steps import Steps
from lingqu_credit.tables import REPAIR, REPAIR_STEP

REPAIR_TOPIC: Final = "credit.repair.v1"
STEPS: Final = Steps(REPAIR_STEP, REPAIR, "repair_id")


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair, as its steps leave it."""

    repair_id: str
    record_kind: str
    record_id: str
    record_origin: str
    state: str


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
    )


def step_of(event: Mapping[str, Any]) -> Step:
    return Step(*told_of(event), tuple(event.get("recipients") or ()), event.get("stop_by"))


def course_of(session: Session, repair_id: str, now_ms: int) -> Course:
    """Return what the repair's steps amount to now."""
    return course(map(step_of, STEPS.documents(session, repair_id)), now_ms)


def take_step(session: Session, event: Mapping[str, Any], now_ms: int) -> Course:
    """Keep a step, and let the repair stand as all its steps leave it."""
    STEPS.add(session, event)
    at = course_of(session, event["repair_id"], now_ms)
    stop_by_ms = at.grant.stop_by_ms if at.grant else None
    STEPS.stand(session, event, {"state": at.state, "stop_by_ms": stop_by_ms})
    return at
